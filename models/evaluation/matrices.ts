import { shown } from '../../engine/check.ts'
import { noGrad, norm, normalize, Tensor, type TypedArray, tidy } from '../../engine/index.ts'

/** Below it float32 has few digits, and a device may have nothing but 0. */
const SHORTEST = 2 ** -126

/** x_i / ‖x_i‖, and 0 for a row no longer than 2^-126, which has no direction.  x[N,D] -> [N,D] */
export const directions = (x: Tensor): Tensor => normalize(x, { eps: SHORTEST })

/** Throws unless `x` is a tensor of floats [N,D], N and D at least 1; `form`, such as `x[N,D]`, is its name for errors. */
export function checkMatrix(op: string, form: string, x: Tensor): void {
  if (!(x instanceof Tensor)) {
    const hint = Array.isArray(x) ? ' (tensor(..) makes one of arrays)' : ''
    throw new Error(`${op}: ${form} as a tensor expected, got ${shown(x)}${hint}`)
  }
  if (x.rank !== 2 || x.size === 0) {
    const [rows, columns] = form.slice(form.indexOf('[') + 1, -1).split(',')
    throw new Error(`${op}: ${form} with ${rows}, ${columns} >= 1 expected, got shape [${x.shape}]`)
  }
  if (x.dtype === 'int32') throw new Error(`${op}: ${form} as float32 or float64 expected, got int32`)
}

/**
 * Throws unless every row has a finite length, and so nothing but finite numbers; the error names the row. One number
 * a row is enough to see a NaN, and to read them all would take their memory once more.
 */
export async function checkFiniteRows(op: string, form: string, x: Tensor): Promise<void> {
  const odd = firstOdd(await rowLengths(x))
  if (odd >= 0) throw oddRow(op, form, x, await x.data(), odd)
}

/** The same of logits, where -Infinity stands for a class that is masked, unless all of a row are. */
export async function checkLogits(op: string, form: string, z: Tensor): Promise<void> {
  if (firstOdd(await rowLengths(z)) < 0) return
  const values = await z.data()
  const [n, classes] = z.shape
  for (let i = 0; i < n; i++) {
    const row = values.subarray(i * classes, (i + 1) * classes)
    if (row.every((value: number) => value === -Infinity)) {
      throw new Error(`${op}: ${form}: a class that is not masked expected, got -Infinity in all of row ${i}`)
    }
    const k = row.findIndex((value: number) => !(value < Infinity))
    if (k >= 0) throw oddRow(op, form, z, values, i, k)
  }
}

async function rowLengths(x: Tensor): Promise<TypedArray> {
  const lengths = noGrad(() => tidy(() => norm(x, -1)))
  const values = await lengths.data()
  lengths.dispose()
  return values
}

/** The same at once; nothing is checked on a backend that cannot answer at once. */
export function checkFiniteRowsSync(op: string, form: string, x: Tensor): void {
  if (!x.backend.synchronous) return
  const odd = firstOdd(noGrad(() => tidy(() => norm(x, -1).dataSync())))
  if (odd >= 0) throw oddRow(op, form, x, x.dataSync(), odd)
}

/** The same of values that were read. */
export function checkFiniteValues(op: string, form: string, x: Tensor, values: TypedArray): void {
  const odd = firstOdd(values)
  if (odd >= 0) throw oddRow(op, form, x, values, Math.floor(odd / x.shape[1]))
}

const firstOdd = (values: TypedArray): number => values.findIndex((value: number) => !Number.isFinite(value))

function oddRow(
  op: string,
  form: string,
  x: Tensor,
  values: TypedArray,
  row: number,
  column?: number,
): Error {
  const d = x.shape[1]
  const own = values.subarray(row * d, (row + 1) * d)
  const k = column ?? firstOdd(own)
  const found = k < 0 ? `a length that ${x.dtype} cannot hold` : `${own[k]} in column ${k}`
  return new Error(`${op}: ${form} of finite numbers expected, got others in row ${row}: ${found}`)
}
