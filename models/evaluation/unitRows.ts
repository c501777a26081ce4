import { noGrad, norm, normalize, type Tensor, tensor, tidy } from '../../engine/index.ts'

/** Embeddings x[N,D]: a tensor of that shape, or N arrays of length D. */
export type Embeddings = Tensor | readonly Float32Array[]

/**
 * u_i = x_i / ‖x_i‖, 0 where x_i is 0.  x[N,D] -> u[N,D], a new tensor, which the caller releases.
 * Throws unless there is a row, all rows are of one length, and every one has a direction (no NaN, no infinity).
 */
export async function unitRows(op: string, name: string, x: Embeddings): Promise<Tensor> {
  const units = noGrad(() => tidy(() => normalize(isTensor(x) ? matrix(op, name, x) : stacked(op, name, x))))
  // One number a row is enough to see a NaN, and to read them all would take their memory once more.
  const lengths = noGrad(() => tidy(() => norm(units)))
  const odd = (await lengths.data()).findIndex((value: number) => !Number.isFinite(value))
  lengths.release()
  if (odd >= 0) {
    units.release()
    throw new Error(`${op}: ${name}[N,D] of finite numbers expected, got others in row ${odd}`)
  }
  return units
}

/**
 * What `body` gives for the unit rows of x[N,D] and z[M,D], each with its name for errors; both are released at the
 * end. Throws unless they are of one dimension D.
 */
export async function withUnitRows<T>(
  op: string,
  [nameX, x]: readonly [string, Embeddings],
  [nameZ, z]: readonly [string, Embeddings],
  body: (u: Tensor, v: Tensor) => Promise<T>,
): Promise<T> {
  const u = await unitRows(op, nameX, x)
  try {
    const v = await unitRows(op, nameZ, z)
    try {
      if (u.shape[1] !== v.shape[1]) {
        throw new Error(`${op}: ${nameX}[N,D] ${nameZ}[M,D]: D is ${u.shape[1]} and ${v.shape[1]}`)
      }
      return await body(u, v)
    } finally {
      v.release()
    }
  } finally {
    u.release()
  }
}

const isTensor = (x: Embeddings): x is Tensor => !Array.isArray(x)

function matrix(op: string, name: string, x: Tensor): Tensor {
  if (x.rank !== 2 || x.size === 0) {
    throw new Error(`${op}: ${name}[N,D] with N, D >= 1 expected, got shape [${x.shape}]`)
  }
  return x
}

function stacked(op: string, name: string, rows: readonly Float32Array[]): Tensor {
  const d = rows[0]?.length ?? 0
  if (d === 0) throw new Error(`${op}: ${name}[N,D] with N, D >= 1 expected, got ${rows.length} rows of ${d}`)
  const flat = new Float32Array(rows.length * d)
  rows.forEach((row, i) => {
    if (row.length !== d) {
      throw new Error(`${op}: ${name}: rows of length ${d} expected, got ${row.length} at row ${i}`)
    }
    flat.set(row, i * d)
  })
  return tensor(flat, { shape: [rows.length, d] })
}
