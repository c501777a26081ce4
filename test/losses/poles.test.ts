import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Generator, generator, grad, mul, sum, type Tensor, tensor } from '../../engine/index.ts'
import { gradcheck } from '../../engine/testing/index.ts'
import { marginLoss } from '../../losses/index.ts'
import { arcFaceMargin } from '../../losses/margins/additive.ts'
import { angleBetween } from '../../losses/margins/angle.ts'
import { combinedMargin } from '../../losses/margins/combinedMargin.ts'
import type { Margin } from '../../losses/margins/margin.ts'
import { sphereFaceMargin } from '../../losses/margins/multiplicative.ts'
import { onReference } from '../support/onReference.ts'
import { exactAngle, fixed, times } from './exact.ts'
import { dot, length, seeds, unit, values } from './support.ts'

onReference()

/** psi and its slope, by theta; phi = m1 theta + m2, carried on past pi, or for `linear` cos theta - m sin m. */
interface Bent {
  readonly margin: Margin
  psi(theta: number): number
  slope(theta: number): number
}

/** So small that p stays far from 1, whose rounding would hide what is tested. */
const S = 2

function bent(rng: Generator): Bent {
  const m2 = rng.uniform(0.1, 1.5)
  const linear = rng.uniform() < 0.5
  const m1 = linear ? 1 : [1, 0.9, 1.5, 2, 3, 2.5][rng.integer(0, 5)]
  const m3 = rng.uniform(0, 0.5)
  const beyondPi = linear ? ('linear' as const) : ('continuous' as const)
  const margin =
    m1 === 1 && rng.uniform() < 0.5
      ? arcFaceMargin({ s: S, m: rng.uniform() < 0.5 ? m2 : [m2, 0.2, 0.3], beyondPi })
      : combinedMargin({ s: S, m1, m2, m3, beyondPi })
  const taken = margin.equation.includes('m3') ? m3 : 0
  const k = (theta: number): number => Math.floor((m1 * theta + m2) / Math.PI)
  const isPast = (theta: number): boolean => linear && theta + m2 > Math.PI
  return {
    margin,
    psi: theta =>
      (isPast(theta)
        ? Math.cos(theta) - m2 * Math.sin(m2)
        : (-1) ** k(theta) * Math.cos(m1 * theta + m2) - (linear ? 0 : 2 * k(theta))) - taken,
    slope: theta => (isPast(theta) ? -Math.sin(theta) : -((-1) ** k(theta)) * m1 * Math.sin(m1 * theta + m2)),
  }
}

interface Case {
  readonly x: number[]
  readonly W: number[][]
  readonly theta: number
  readonly psi: Bent
}

/** x at `distance` from w_0 or from -w_0, both of any length. */
function near(rng: Generator, distance: number): Case {
  const dim = rng.integer(2, 6)
  const W = [0, 1, 2].map(() => scaled(rng, unit(Array.from({ length: dim }, () => rng.normal()))))
  const w = unit(W[0])
  const other = Array.from({ length: dim }, () => rng.normal())
  const tangent = unit(other.map((v, i) => v - dot(other, w) * w[i]))
  const theta = rng.uniform() < 0.5 ? distance : Math.PI - distance
  const side = theta === distance ? 1 : -1
  const x = w.map((wi, i) => side * wi * Math.cos(distance) + tangent[i] * Math.sin(distance))
  return { x: scaled(rng, x), W, theta, psi: bent(rng) }
}

const scaled = (rng: Generator, v: readonly number[]): number[] => {
  const by = 10 ** rng.uniform(-2, 2)
  return v.map(e => e * by)
}

type Exact = readonly bigint[]

/** The gradient of -ln softmax of [s psi(theta_0), s cos theta_1, ..] at 0, from exact angles: of x, then of each w. */
function exactGradient({ psi, slope }: Bent, x: Exact, W: readonly Exact[]): number[] {
  const angles = W.map(w => exactAngle(x, w))
  const z = angles.map(({ theta }, j) => S * (j === 0 ? psi(theta) : Math.cos(theta)))
  const e = z.map(v => Math.exp(v - Math.max(...z)))
  const total = e.reduce((a, b) => a + b)
  const dz = e.map((v, j) => (j === 0 ? -(total - v) : v) / total)
  const dTheta = angles.map(({ theta, sin }, j) => dz[j] * S * (j === 0 ? slope(theta) : -sin))
  const dx = x.map((_, i) => angles.reduce((sum, { dx }, j) => sum + dTheta[j] * dx[i], 0))
  return [...dx, ...angles.flatMap(({ dw }, j) => dw.map(d => dTheta[j] * d))]
}

function tensors({ x, W }: Case, dtype: 'float32' | 'float64') {
  const kind = { dtype, requiresGrad: true }
  return { x: tensor([x], kind), W: tensor(W, kind) }
}

const lossOf = ({ psi }: Case, { x, W }: { x: Tensor; W: Tensor }): Tensor =>
  marginLoss(psi.margin, x, { W }, [0], { reduction: 'sum' })

/** The largest difference relative to the largest entry. */
function off(actual: readonly number[], expected: readonly number[]): number {
  const largest = Math.max(...expected.map(Math.abs))
  return Math.max(...actual.map((a, i) => (Number.isNaN(a) ? Infinity : Math.abs(a - expected[i])))) / largest
}

const distances = fc.double({ min: -12, max: -1, noNaN: true }).map(e => 10 ** e)
const flat = (grads: Record<'x' | 'W', Tensor>): number[] => [...values(grads.x), ...values(grads.W)]

describe('a margin near theta = 0 and theta = pi', () => {
  it('has the exact gradient in float64', () => {
    fc.assert(
      fc.property(seeds, distances, (seed, distance) => {
        const c = near(generator(seed), distance)
        const at = tensors(c, 'float64')
        const exact = exactGradient(
          c.psi,
          c.x.map(fixed),
          c.W.map(w => w.map(fixed)),
        )
        // Some roundings of 1e-16; the target's pull may be a hundredth of its parts.
        expect(off(flat(grad(lossOf(c, at), at)), exact)).toBeLessThan(1e-12)
      }),
      { numRuns: 300 },
    )
  })

  it('has it in float32 but for the rounding of directions, 2^-24 / distance', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: -4, max: -1, noNaN: true }), (seed, exponent) => {
        const c = near(generator(seed), 10 ** exponent)
        const at = tensors(c, 'float32')
        const rounded = { x: values(at.x), W: at.W.toArray<number[][]>() }
        const exact = exactGradient(
          c.psi,
          rounded.x.map(fixed),
          rounded.W.map(w => w.map(fixed)),
        )
        expect(off(flat(grad(lossOf(c, at), at)), exact)).toBeLessThan(1e-4 + (8 * 2 ** -24) / 10 ** exponent)
      }),
      { numRuns: 200 },
    )
  })

  it('has the exact second gradient in float64', () => {
    fc.assert(
      fc.property(seeds, distances, (seed, distance) => {
        const rng = generator(seed)
        const c = near(rng, distance)
        const at = tensors(c, 'float64')
        const sizes = [c.x, ...c.W].map(length)
        const one = () => c.x.map(() => rng.normal())
        const u = [c.x, ...c.W].map(one)
        // A move by about `distance` as an angle, whatever the lengths.
        const v = sizes.map(size => one().map(e => e * size * Math.min(distance, 1)))
        const h = 2 ** -10
        const moved = (t: number): number => {
          const step = fixed(t)
          const [x, ...W] = [c.x, ...c.W].map((row, i) =>
            row.map((e, j) => fixed(e) + times(fixed(v[i][j]), step)),
          )
          return dot(exactGradient(c.psi, x, W), u.flat())
        }
        const slope = (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h)
        const first = grad(lossOf(c, at), at)
        const along = mul(first.x, tensor([u[0]], { dtype: 'float64' }))
        const total = sum(along).add(sum(mul(first.W, tensor(u.slice(1), { dtype: 'float64' }))))
        const second = flat(grad(total, at))
        // Across the direction of theta the second derivative is S / (theta ‖x‖^2), and along it a difference of such.
        const across = sizes.map((size, i) => (S * length(u[i]) * length(v[i])) / (distance * size * size))
        // h^4 of the differences, 1e-12, and rounding over h, 1e-13.
        expect(Math.abs(dot(second, v.flat()) - slope)).toBeLessThan(1e-9 * Math.max(...across))
      }),
      { numRuns: 150 },
    )
  })

  it.each([1e-1, 1e-3, 1e-6, 1e-9, 1e-12])('passes gradcheck at distance %d, in both orders', distance => {
    // In units of the distance: x = [1, d a, d b] or [-1, d a, d b], and what is checked sin(theta) / d.
    const w = tensor([[1, 0, 0]], { dtype: 'float64' })
    for (const side of [1, -1]) {
      const f = (form: 'sinTheta' | 'theta') => (xi: Tensor) => {
        const x = mul(xi, tensor([[0, distance, distance]], { dtype: 'float64' })).add(
          tensor([[side, 0, 0]], { dtype: 'float64' }),
        )
        const angle = angleBetween(() => ({ x, w: () => w, u: x.normalize(), v: w }))
        const z = angle[form]
        return (form === 'theta' && side < 0 ? z.neg().add(Math.PI) : z).div(distance)
      }
      const xi = tensor([[0, 0.75, -0.5]], { dtype: 'float64' })
      gradcheck(f('sinTheta'), xi, { order: 2, tolerance: 1e-9, name: 'sin theta', step: 2 ** -10 })
      if (side > 0 && distance > 1e-8) gradcheck(f('theta'), xi, { order: 1, name: 'theta' })
    }
  })

  it('has gradient 0 in the direction of theta at 0 and pi themselves, as is stated', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      for (const [m1, m2] of [
        [1, 0.5],
        [1.5, 0.5],
        [2, 0.3],
      ]) {
        const margin = combinedMargin({ s: S, m1, m2, beyondPi: 'continuous' })
        for (const factor of [3, -3, 0.1, -7]) {
          const w = [0.3, -0.7, 1.1]
          const kind = { dtype, requiresGrad: true }
          const at = { x: tensor([w.map(v => v * factor)], kind), W: tensor([w], kind) }
          const z = marginLoss(margin, at.x, { W: at.W }, [0], { reduction: 'sum' })
          const weighted = marginLoss(margin, at.x, { W: at.W.mul(tensor([[1], [2]], { dtype })) }, [0], {})
          expect(z.item()).toBeCloseTo(0, 6)
          for (const g of flat(grad(weighted, at))) expect(Math.abs(g)).toBeLessThan(1e-5)
        }
      }
    }
  })

  it('sees a vector of length 0 at right angles', () => {
    const zero = tensor([[0, 0]], { dtype: 'float64' })
    const w = tensor([[3, 4]], { dtype: 'float64' })
    for (const [x, v] of [
      [zero, w],
      [w, zero],
      [zero, zero],
    ]) {
      const angle = angleBetween(() => ({ x, w: () => v, u: x.normalize(), v: v.normalize() }))
      const forms = [angle.cosTheta, angle.sinTheta, angle.theta].map(t => t.sum().item())
      forms.forEach((form, i) => {
        expect(form).toBeCloseTo([0, 1, Math.PI / 2][i], 15)
      })
    }
  })
})

describe('SphereFace near its poles', () => {
  it('has the exact gradient', () => {
    fc.assert(
      fc.property(seeds, distances, (seed, distance) => {
        const c = near(generator(seed), distance)
        const m = 3
        const psi = sphereFaceMargin({ m, s: S, annealing: false })
        const k = (theta: number): number => Math.min(m - 1, Math.floor((m * theta) / Math.PI))
        const by: Bent = {
          margin: psi,
          psi: theta => (-1) ** k(theta) * Math.cos(m * theta) - 2 * k(theta),
          slope: theta => -((-1) ** k(theta)) * m * Math.sin(m * theta),
        }
        const at = tensors(c, 'float64')
        const exact = exactGradient(
          by,
          c.x.map(fixed),
          c.W.map(w => w.map(fixed)),
        )
        expect(off(flat(grad(lossOf({ ...c, psi: by }, at), at)), exact)).toBeLessThan(1e-9)
      }),
    )
  })
})
