import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, matmul, type Tensor, tidy, valueAndGrad } from '../../engine/index.ts'
import { type LossRow, lossByName } from '../../losses/index.ts'
import {
  dot,
  draw,
  drawCase,
  f64,
  farthest,
  length,
  lossWith,
  MARGINS,
  named,
  rotation,
  rowsOf,
  seeds,
  values,
} from './support.ts'

/** Those whose logits leave out the norm of x. */
const SCALED = MARGINS.filter(row =>
  ['normFace', 'sphereFaceR', 'cosFace', 'arcFace', 'combinedMargin'].includes(row.margin),
)

/** Each margin's target cosine at its defaults, through the angle itself; lambda = 1000 before the first update. */
const piecewise = (theta: number, m: number) => {
  const k = Math.min(m - 1, Math.floor((m * theta) / Math.PI))
  return (-1) ** k * Math.cos(m * theta) - 2 * k
}
const past = (theta: number, m: number) =>
  theta + m <= Math.PI ? Math.cos(theta + m) : Math.cos(theta) - m * Math.sin(m)
const PSI: Record<string, (theta: number) => number> = {
  softmax: Math.cos,
  normFace: Math.cos,
  lSoftmax: theta => piecewise(theta, 4),
  sphereFace: theta => (1000 * Math.cos(theta) + piecewise(theta, 4)) / 1001,
  sphereFaceR: theta => Math.cos(Math.min(1.5 * theta, Math.PI)),
  cosFace: theta => Math.cos(theta) - 0.35,
  arcFace: theta => past(theta, 0.5),
  combinedMargin: theta => past(theta, 0.3) - 0.2,
}
const SCALE: Record<string, number> = {
  normFace: 30,
  sphereFaceR: 30,
  cosFace: 30,
  arcFace: 64,
  combinedMargin: 64,
}

/** Over class centres the length of x stays unless s is given. */
function naive({ margin, prototypes }: LossRow, x: Tensor, W: Tensor, y: readonly number[]): number[] {
  const unitW = margin === 'sphereFace' || margin in SCALE
  return rowsOf(x).map((xi, i) => {
    const z = rowsOf(W).map((w, j) => {
      const theta = Math.acos(dot(xi, w) / (length(xi) * length(w)))
      const scale = prototypes === 'learned' ? SCALE[margin] : undefined
      const size = scale ?? length(xi) * (unitW ? 1 : length(w))
      return size * (j === y[i] ? PSI[margin](theta) : Math.cos(theta))
    })
    const largest = Math.max(...z)
    return largest + Math.log(z.reduce((total, v) => total + Math.exp(v - largest), 0)) - z[y[i]]
  })
}

describe.each(named(MARGINS.filter(row => row.margin in PSI)))('%s', (_, row) => {
  it('is its equation, sample by sample', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, W, y } = drawCase(seed)
        const loss = lossWith(row, W, { reduction: 'none' })
        // s = 64 times the rounding of arccos, 1e-16 / sin theta; random vectors keep sin theta above 1e-4.
        expect(farthest(loss(x, y), naive(row, x, loss.prototypes, y))).toBeLessThan(1e-9)
      }),
    )
  })
})

describe.each(named(MARGINS))('%s', (_, row) => {
  it('permuting the classes with their labels changes nothing', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rng, x, W, y, classes } = drawCase(seed)
        const order = [...rng.permutation(classes)]
        const permuted = f64(
          order.flatMap(j => rowsOf(W)[j]),
          W.shape,
        )
        const z = lossWith(row, W)(x, y)
        // Sums over the classes in another order: rounding of losses below 200.
        expect(
          farthest(
            lossWith(row, permuted)(
              x,
              y.map(label => order.indexOf(label)),
            ),
            z,
          ),
        ).toBeLessThan(1e-12)
      }),
    )
  })

  it('rotating x and W together changes nothing', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rng, x, W, y, dim } = drawCase(seed)
        const R = rotation(rng, dim)
        const turned = lossWith(row, matmul(W, R))(matmul(x, R), y)
        // Rounding of a cosine, 1e-15, times s = 64 and, near the poles, 1 / sin theta.
        expect(farthest(turned, lossWith(row, W)(x, y))).toBeLessThan(1e-9)
      }),
    )
  })

  it('has gradients that agree with central differences in a random direction', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const rng = generator(seed)
        const { f, inputs, step: own = 2 ** -12 } = row.sample(rng)
        // Near a pole as much shorter as gradcheck takes its own, 2^-12.
        const step = 1e-5 * 2 ** 12 * own
        const z = f(inputs)
        const dz = draw(rng, z.shape)
        const direction = Object.fromEntries(
          Object.entries(inputs).map(([name, t]) => [name, draw(rng, t.shape)]),
        )
        const moved = (h: number) =>
          Object.fromEntries(Object.entries(inputs).map(([name, t]) => [name, t.add(direction[name].mul(h))]))
        const along = (h: number) => f(moved(h)).mul(dz).sum().item()
        const numeric = (along(step) - along(-step)) / (2 * step)
        const { value, grads } = valueAndGrad(xs => f(xs).mul(dz).sum(), inputs)
        const analytic = Object.entries(grads).reduce(
          (total, [name, g]) => total + g.mul(direction[name]).sum().item(),
          0,
        )
        // step^2 times a third derivative of up to 1e4, plus rounding 1e-15 / step of losses to 100.
        expect(Math.abs(analytic - numeric)).toBeLessThan(
          2e-6 * (1 + Math.abs(numeric) + Math.abs(value.item())),
        )
      }),
      { numRuns: 60 },
    )
  })

  it('mean and sum are those of none, weighted by class', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rng, x, W, y, classes } = drawCase(seed)
        const weight = Array.from({ length: classes }, () => rng.uniform(0.1, 3))
        const reduced = (reduction: string, weight?: number[]) =>
          values(lossWith(row, W, { reduction, weight })(x, y))
        const total = (v: readonly number[]) => v.reduce((a, b) => a + b)
        const [each, weighted] = [reduced('none'), reduced('none', weight)]
        expect(
          farthest(
            weighted,
            each.map((loss, i) => loss * weight[y[i]]),
          ),
        ).toBeLessThan(1e-15)
        expect(farthest(reduced('mean'), [total(each) / y.length])).toBeLessThan(1e-14)
        expect(farthest(reduced('sum', weight), [total(weighted)])).toBeLessThan(1e-14)
        const weights = total(y.map(label => weight[label]))
        expect(farthest(reduced('mean', weight), [total(weighted) / weights])).toBeLessThan(1e-14)
      }),
      { numRuns: 30 },
    )
  })

  it('is pure', () => {
    const { x, W, y } = drawCase(3)
    const loss = lossWith(row, W)
    const before = loss.state()
    const first = tidy(() => loss(x, y).item())
    expect(loss(x, y).item()).toBe(first)
    const after = loss.state()
    expect(after.values).toEqual(before.values)
    for (const name in before.tensors) {
      expect(values(after.tensors[name])).toEqual(values(before.tensors[name]))
    }
  })
})

describe.each(named(SCALED))('%s', (_, row) => {
  it('with a scale does not see the length of x', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (seed, factor) => {
        const { x, W, y } = drawCase(seed)
        const loss = lossWith(row, W, { s: 30 })
        // As for rotations.
        expect(farthest(loss(x.mul(factor), y), loss(x, y))).toBeLessThan(1e-9)
      }),
    )
  })

  it('without a margin is NormFace', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, W, y } = drawCase(seed)
        const none = { s: 20, m: row.margin === 'sphereFaceR' ? 1 : 0, m1: 1, m2: 0, m3: 0 }
        const plain = lossByName(row.prototypes === 'learned' ? 'normFace' : 'irNormFace')
        expect(farthest(lossWith(row, W, none)(x, y), lossWith(plain, W, none)(x, y))).toBeLessThan(1e-12)
      }),
    )
  })
})
