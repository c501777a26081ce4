import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { type DType, type Tensor, tensor } from '../../engine/index.ts'

/** An array as generate.py writes it. */
export interface Packed {
  readonly shape: readonly number[]
  readonly data: readonly number[]
  readonly dtype?: DType
}
export type Arrays = Readonly<Record<string, Packed>>

/** The cases of one family, as PyTorch computed them; generate.py says how. */
export function readCases<T>(family: string): T[] {
  const text = readFileSync(new URL(`./cases/${family}.jsonl`, import.meta.url), 'utf8')
  return text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as T)
}

export const unpack = ({ shape, data, dtype = 'float64' }: Packed, requiresGrad = false): Tensor =>
  tensor([...data], { shape, dtype, requiresGrad })

/** Each array as a tensor; those in `watched` require a gradient. */
export const unpackAll = (arrays: Arrays, watched: readonly string[] = []): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(arrays).map(([name, x]) => [name, unpack(x, watched.includes(name))]))

/**
 * Both sides round each operation to 1e-16 of its result and add up at most a few hundred terms, in another order;
 * where terms cancel, what remains is as exact as the largest of its array. That makes 1e-13, and the worst
 * conditioned inputs here (a cosine near 1, a small variance) lose another two digits. A wrong term is off by far
 * more. Agreement to 1e-9 is what the project promises. Where PyTorch has nothing but 0, so must we.
 */
const TOLERANCE = 1e-11

export function expectAgreement(what: string, actual: Tensor, expected: Packed): void {
  expect([...actual.shape], `${what}: shape`).toEqual(expected.shape)
  const values = actual.dataSync()
  const scale = Math.max(0, ...expected.data.map(Math.abs))
  expected.data.forEach((e, i) => {
    const error = Math.abs(values[i] - e)
    if (!(error <= TOLERANCE * scale)) {
      expect.fail(`${what}[${i}]: PyTorch has ${e}, got ${values[i]}: off by ${error}, scale ${scale}`)
    }
  })
}

export function expectAllAgree(
  what: string,
  actual: Readonly<Record<string, Tensor>>,
  expected: Arrays,
): void {
  for (const name of Object.keys(expected)) expectAgreement(`${what} ${name}`, actual[name], expected[name])
}
