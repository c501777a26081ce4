import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Matrix, minimal } from '../../engine/backends/minimalFiltering.ts'
import { Generator } from '../../engine/index.ts'
import { seeds } from '../../engine/testing/index.ts'
import { check } from '../support/property.ts'

const times = (M: Matrix, x: readonly number[]): number[] =>
  M.map(row => row.reduce((sum, v, k) => sum + v * x[k], 0))

const sizes = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
  .filter(([m, r]) => m + r <= 7)

describe('minimal', () => {
  it('A ((G w) * (B x)) is the correlation of x with w', () => {
    check(
      fc.property(sizes, fc.nat(2), seeds(), ([m, r], more, seed) => {
        const rng = new Generator(seed)
        const draw = (count: number): number[] => Array.from({ length: count }, () => rng.uniform(-1, 1))
        const [x, w] = [draw(m + r - 1), draw(r)]
        // By its own weights, and by those of a larger one.
        const { A, B, G } = minimal(m, r, Math.min(m + more, 7 - r))
        const [u, v] = [times(G, w), times(B, x)]
        const z = times(
          A,
          u.map((a, f) => a * v[f]),
        )
        for (const [i, value] of z.entries()) {
          // In float64; the transforms' numbers grow to some hundreds.
          expect(value).toBeCloseTo(
            w.reduce((sum, a, k) => sum + a * x[i + k], 0),
            11,
          )
        }
      }),
    )
  })

  it('F(2, 3) is the one of the papers, but for signs', () => {
    const { A, B, G } = minimal(2, 3)
    expect(A).toEqual([
      [1, 1, 1, 0],
      [0, 1, -1, 1],
    ])
    expect(B.map(row => row.map(v => v + 0))).toEqual([
      [-1, 0, 1, 0],
      [0, 1, 1, 0],
      [0, -1, 1, 0],
      [0, -1, 0, 1],
    ])
    expect(G.map(row => row.map(v => v + 0))).toEqual([
      [-1, 0, 0],
      [0.5, 0.5, 0.5],
      [0.5, -0.5, 0.5],
      [0, 0, 1],
    ])
  })

  it('by the weights of F(4, 3), leaves out the last points but infinity', () => {
    for (const m of [2, 3]) {
      const { A, B, G } = minimal(m, 3, 4)
      expect(G).toEqual(minimal(4, 3).G)
      const left = [0, 1, 2, 3, 4, 5].filter(j => B[j].every(v => v === 0))
      expect(left).toEqual(m === 2 ? [3, 4] : [4])
      for (const row of A) for (const j of left) expect(row[j]).toBe(0)
    }
  })

  it('has no more than six points', () => {
    expect(() => minimal(2, 4, 4)).toThrow('minimal: m + r at most 7, got 4 and 4')
    expect(() => minimal(4, 4)).toThrow('minimal: m + r at most 7, got 4 and 4')
  })
})
