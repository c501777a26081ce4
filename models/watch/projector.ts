import { refusal, shown } from '../../engine/check.ts'
import { type Embeddings, withRows } from '../evaluation/unitRows.ts'

/** Columns of what is known of each row, by their names. */
export type Metadata = Readonly<Record<string, ArrayLike<string | number>>>

/** The files of TensorBoard's projector: written into a run's folder under these names, or opened at projector.tensorflow.org. */
export interface ProjectorFiles {
  /** A row a line, D numbers between tabs, without a head. */
  readonly 'vectors.tsv': string
  /** A row a line; a head where there are two columns or more, as the projector wants it. */
  readonly 'metadata.tsv': string
  /** Says to TensorBoard that the folder has the two. */
  readonly 'projector_config.pbtxt': string
}

/**
 * Embeddings for TensorBoard's projector, which shows them in three dimensions:
 *
 *     const files = await projectorFiles(embed(net, x), { name: names })
 *     for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
 *
 * x[N,D] and at least one column of N texts or numbers; numbers of x as they are, to the last digit. Tabs and ends of lines in a text
 * become spaces. Throws where lengths do not fit, and on embeddings that are not finite.
 */
export async function projectorFiles(x: Embeddings, metadata: Metadata): Promise<ProjectorFiles> {
  const op = 'projectorFiles'
  if (
    typeof metadata !== 'object' ||
    metadata === null ||
    Array.isArray(metadata) ||
    ArrayBuffer.isView(metadata)
  )
    throw refusal(op, 'metadata as columns by name', metadata)
  const columns = Object.entries(metadata)
  if (columns.length === 0) throw new Error(`${op}: at least one column of metadata expected, got none`)
  return withRows(op, 'x', x, undefined, async rows => {
    const [n, d] = rows.shape
    for (const [name, column] of columns) {
      if (column?.length !== n)
        throw new Error(`${op}: ${n} entries of ${name} expected, got ${shown(column?.length)}`)
    }
    const values = await rows.data()
    const line = (i: number): string => Array.from(values.subarray(i * d, (i + 1) * d)).join('\t')
    const known = (i: number): string => columns.map(([, column]) => cell(column[i])).join('\t')
    const each = (text: (i: number) => string): string =>
      Array.from({ length: n }, (_, i) => `${text(i)}\n`).join('')
    const head = columns.length === 1 ? '' : `${columns.map(([name]) => cell(name)).join('\t')}\n`
    return {
      'vectors.tsv': each(line),
      'metadata.tsv': head + each(known),
      'projector_config.pbtxt':
        'embeddings {\n  tensor_path: "vectors.tsv"\n  metadata_path: "metadata.tsv"\n}\n',
    }
  })
}

const cell = (value: string | number): string => String(value).replace(/[\t\r\n]+/g, ' ')
