import { type Bytes, bytesOf, checkFileName } from '../files.ts'

/** rows, columns, bytes from row to row, type. */
const HEADER = 16
/** OpenCV's numbers of float32 and float64 of one channel, and the bytes of an element. */
const WIDTHS: Readonly<Record<number, number>> = { 5: 4, 6: 8 }

/**
 * The numbers of a MegaFace feature file, a matrix as OpenCV holds it: four int32, rows, columns, stride (the bytes from a row
 * to the next) and type (5, CV_32F; 6, CV_64F), the lowest byte first, then the rows. An image's feature is a row or a column:
 * insightface writes 512 rows of 1.  bytes -> values[rows columns], row-major
 * Source: MegaFace's development kit, devkit/experiments/matio.py; insightface,
 * recognition/_evaluation_/megaface/remove_noises.py, `write_bin`.
 * Throws, with the byte's offset, where the file is not of that form or not whole.
 */
export function loadFeatureMatrix(bytes: Bytes, file?: string): Float32Array {
  checkFileName('loadFeatureMatrix', file)
  const what = file === undefined ? 'loadFeatureMatrix' : `loadFeatureMatrix: ${file}`
  const all = bytesOf(what, bytes)
  const fail = (at: number, expected: string, got: string): Error =>
    new Error(`${what}: at byte ${at}: ${expected} expected, got ${got}`)
  if (all.length < HEADER) throw fail(0, `a header of ${HEADER} bytes`, `${all.length}`)
  const view = new DataView(all.buffer, all.byteOffset, all.byteLength)
  const [rows, columns, stride, type] = [0, 4, 8, 12].map(at => view.getInt32(at, true))
  const width = WIDTHS[type]
  if (width === undefined) throw fail(12, 'type 5 (CV_32F) or 6 (CV_64F)', `${type}`)
  if (rows < 1) throw fail(0, 'rows >= 1', `${rows}`)
  if (columns < 1) throw fail(4, 'columns >= 1', `${columns}`)
  // Where rows are one element, or there is one of them, writers differ in what they call a stride.
  if (stride < columns * width) throw fail(8, `a stride of at least ${columns * width} bytes`, `${stride}`)
  if (all.length !== HEADER + rows * stride) {
    throw fail(HEADER, `${rows} rows of ${stride} bytes`, `${all.length - HEADER} bytes`)
  }
  const values = new Float32Array(rows * columns)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = HEADER + i * stride + j * width
      values[i * columns + j] = width === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true)
    }
  }
  return values
}
