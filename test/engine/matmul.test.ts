import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { grad, matmul, type Tensor, tensor, transpose } from '../../engine/index.ts'
import { broadcastingShapes, seeds } from '../../engine/testing/index.ts'
import { expectClose } from '../support/close.ts'
import { f64, generate, random, reader } from '../support/numbers.ts'
import { check } from '../support/property.ts'

/** Sizes on both sides of a tile of four, and not multiples of it alone. */
const sizes = fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 1, max: 10 })))

/** z[.., i, j] = sum over k of a[.., i, k] b[.., k, j], the leading axes read as NumPy broadcasts them. */
function naive(a: Tensor, b: Tensor, lead: readonly number[]): Tensor {
  const at = (x: Tensor) => {
    const read = reader(x)
    const own = x.shape.slice(0, -2)
    return (head: readonly number[], i: number, j: number) =>
      read([...own.map((n, axis) => (n === 1 ? 0 : head[axis + lead.length - own.length])), i, j])
  }
  const [aAt, bAt] = [at(a), at(b)]
  const depth = a.shape.at(-1) as number
  return generate([...lead, a.shape.at(-2) as number, b.shape.at(-1) as number], index => {
    const [head, [i, j]] = [index.slice(0, -2), index.slice(-2)]
    let total = 0
    for (let k = 0; k < depth; k++) total += aAt(head, i, k) * bAt(head, k, j)
    return total
  })
}

// Multiples of 2^-7: the products and their sums are exact, so equality is.
describe('matmul', () => {
  test('is rows times columns, batches broadcast as NumPy does', () => {
    check(
      fc.property(
        broadcastingShapes(2, { maxRank: 2, maxSize: 3 }),
        sizes,
        seeds(),
        ([p, q], [m, k, n], seed) => {
          const [a, b] = [random([...p, m, k], seed), random([...q, k, n], seed + 1)]
          const rank = Math.max(p.length, q.length)
          const lead = Array.from({ length: rank }, (_, i) => {
            return Math.max(p[i - rank + p.length] ?? 1, q[i - rank + q.length] ?? 1)
          })
          expectClose(matmul(a, b), naive(a, b, lead), 0)
        },
      ),
    )
  })

  test('transposeA and transposeB stand for transposed copies, and so do their gradients', () => {
    check(
      fc.property(sizes, fc.boolean(), fc.boolean(), seeds(), ([m, k, n], transposeA, transposeB, seed) => {
        const leaf = (shape: number[], s: number): Tensor =>
          tensor(random(shape, s).dataSync(), { shape, requiresGrad: true })
        const a = leaf(transposeA ? [2, k, m] : [2, m, k], seed)
        const b = leaf(transposeB ? [n, k] : [k, n], seed + 1)
        const direct = matmul(a, b, { transposeA, transposeB })
        const copied = matmul(transposeA ? transpose(a) : a, transposeB ? transpose(b) : b)
        expectClose(direct, copied, 0)
        const dz = random(direct.shape, seed + 2)
        const [one, other] = [grad(direct, [a, b], dz), grad(copied, [a, b], dz)]
        expectClose(one[0], other[0], 0)
        expectClose(one[1], other[1], 0)
      }),
    )
  })

  test('is associative, and the identity leaves it alone', () => {
    const [a, b, c] = [random([2, 3], 0), random([3, 4], 1), random([4, 2], 2)]
    expectClose(matmul(matmul(a, b), c), matmul(a, matmul(b, c)), 1e-14)
    expectClose(
      matmul(
        a,
        f64([
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ]),
      ),
      a,
      0,
    )
  })

  test('an inner size of 0 gives zeros', () => {
    const z = matmul(tensor([], { shape: [2, 0] }), tensor([], { shape: [0, 3] }))
    expect(z.toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ])
  })

  test.each<[string, () => unknown, RegExp]>([
    [
      'inner size',
      () => matmul(random([2, 3], 0), random([4, 2], 0)),
      /matmul: .*K is 3 in a but 4 in b \(a\[2,3\] b\[4,2\]\)/,
    ],
    [
      'inner size, transposed',
      () => matmul(random([2, 3], 0), random([3, 2], 0), { transposeB: true }),
      /K is 3 in a but 2 in b/,
    ],
    [
      'rank',
      () => matmul(random([3], 0), random([3, 2], 0)),
      /matmul: .*a has at least rank 2, got shape \[3\]/,
    ],
    [
      'batch',
      () => matmul(random([2, 1, 1], 0), random([3, 1, 1], 0)),
      /matmul: shapes \[2\] and \[3\] do not broadcast: 2 against 3/,
    ],
  ])('a wrong %s is refused by name', (_, run, message) => {
    expect(run).toThrow(message)
  })
})
