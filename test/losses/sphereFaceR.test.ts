import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad, type Tensor, tensor } from '../../engine/index.ts'
import { marginLoss, sphereFaceR } from '../../losses/index.ts'
import { type SphereFaceROptions, sphereFaceRMargin } from '../../losses/margins/sphereFaceR.ts'
import { attached } from '../../losses/sampling.ts'
import { onReference } from '../support/onReference.ts'
import { dot, drawCase, farthest, length, rowsOf, seeds, unit, values } from './support.ts'

onReference()

const options = fc
  .record({
    m: fc.double({ min: 1, max: 4, noNaN: true }),
    s: fc.constantFrom<NonNullable<SphereFaceROptions['s']>>(2, 8, 'norm'),
    bent: fc.constantFrom('own' as const, 'others' as const),
    clamped: fc.boolean(),
  })
  .map(({ clamped, ...rest }) => (rest.bent === 'own' ? { clamped, ...rest } : rest))

const watch = (t: Tensor): Tensor => tensor(t.toArray(), { dtype: 'float64', requiresGrad: true })

/** The mean loss, and its gradients by the definition: (p_k - [y = k]) times the slope of z_k with the bend held fixed. */
function byHand(
  c: ReturnType<typeof drawCase>,
  { m, s, bent, clamped }: SphereFaceROptions & Pick<Required<SphereFaceROptions>, 'm'>,
) {
  const [X, W] = [rowsOf(c.x), rowsOf(c.W)]
  const dX = X.map(x => x.map(() => 0))
  const dW = W.map(w => w.map(() => 0))
  let total = 0
  X.forEach((x, i) => {
    const size = typeof s === 'number' ? s : length(x)
    const cosines = W.map(w => dot(unit(x), unit(w)))
    const phi = m * Math.acos(cosines[c.y[i]])
    const k = Math.floor(phi / Math.PI)
    const psi = clamped ? Math.cos(Math.min(phi, Math.PI)) : (-1) ** k * Math.cos(phi) - 2 * k
    const seen = cosines.map((cosine, j) => {
      if (bent === 'others') return j === c.y[i] ? cosine : Math.cos(Math.acos(cosine) / m)
      return j === c.y[i] ? psi : cosine
    })
    const odds = seen.map(v => Math.exp(size * v))
    const sum = odds.reduce((a, b) => a + b)
    total += Math.log(sum / odds[c.y[i]])
    W.forEach((w, j) => {
      const dz = (odds[j] / sum - Number(j === c.y[i])) / X.length
      const [u, v] = [unit(x), unit(w)]
      for (let d = 0; d < x.length; d++) {
        dX[i][d] += (dz * size * (v[d] - cosines[j] * u[d])) / length(x)
        if (s === 'norm') dX[i][d] += dz * seen[j] * u[d]
        dW[j][d] += (dz * size * (u[d] - cosines[j] * v[d])) / length(w)
      }
    })
  })
  return { loss: total / X.length, dX, dW }
}

describe('SphereFace-R', () => {
  it('has the value of the bent angle, and the gradient of the plain one', () => {
    fc.assert(
      fc.property(seeds, options, (seed, own) => {
        const c = drawCase(seed)
        const [x, W] = [watch(c.x), watch(c.W)]
        const loss = marginLoss(sphereFaceRMargin(own), x, { W }, c.y)
        const expected = byHand(c, own)
        expect(loss.item()).toBeCloseTo(expected.loss, 10)
        expect(farthest(grad(loss, x), expected.dX.flat())).toBeLessThan(1e-10)
        expect(farthest(grad(loss, W), expected.dW.flat())).toBeLessThan(1e-10)
      }),
    )
  })

  it('has at its inputs the loss and the gradients of the margin that gradient checks take for it', () => {
    fc.assert(
      fc.property(seeds, options, (seed, own) => {
        const c = drawCase(seed)
        const margin = sphereFaceRMargin(own)
        const held = attached(margin, c, Int32Array.from(c.y))
        const [a, b] = [margin, held].map(each => {
          const [x, W] = [watch(c.x), watch(c.W)]
          const loss = marginLoss(each, x, { W }, c.y)
          return [loss.item(), ...values(grad(loss, x)), ...values(grad(loss, W))]
        })
        expect(farthest(a, b)).toBeLessThan(1e-12)
      }),
    )
  })

  it('has a gradient that is not that of its value', () => {
    const c = drawCase(2)
    const at = (x: Tensor) =>
      marginLoss(sphereFaceRMargin({ s: 2, m: 1.5, clamped: false }), x, { W: c.W }, c.y)
    const x = watch(c.x)
    const slope = values(grad(at(x), x))
    const h = 1e-6
    const numeric = slope.map((_, k) => {
      const moved = (by: number) =>
        at(
          tensor(
            values(c.x).map((v, i) => v + (i === k ? by : 0)),
            { shape: c.x.shape, dtype: 'float64' },
          ),
        ).item()
      return (moved(h) - moved(-h)) / (2 * h)
    })
    expect(farthest(slope, numeric)).toBeGreaterThan(0.01)
  })

  it('takes an option of undefined for its default', () => {
    const { s, m } = { s: undefined, m: undefined }
    expect(sphereFaceRMargin({ s, m }).s).toBe(30)
    expect(sphereFaceRMargin({ s, m }).nonsmoothAt).toEqual(sphereFaceRMargin({ m: 1.5 }).nonsmoothAt)
  })

  it('refuses an m below 1 or beyond 1000, and what is no flag', () => {
    const wrong: [object, string][] = [
      [{ m: 0.9 }, 'sphereFaceR: m multiplies the angle, a number >= 1, got 0.9'],
      [{ m: Number.NaN }, 'sphereFaceR: m is a finite number > 0, got NaN'],
      [{ m: 1001 }, 'sphereFaceR: m multiplies the angle, at most by 1000, got 1001'],
      [{ s: 0 }, 'sphereFaceR: s is a finite number > 0, got 0'],
      [{ clamped: 1 }, 'sphereFaceR: clamped as true or false expected, got 1'],
      [{ magnType: 'v1' }, 'sphereFaceR: there is no option magnType, did you mean bent?'],
      [{ bent: 'v2' }, 'sphereFaceR: bent as one of own, others expected, got "v2"'],
      [{ bent: 'others', clamped: false }, 'sphereFaceR: clamped goes with bent own, got others'],
    ]
    for (const [given, message] of wrong) {
      expect(() => sphereFaceR({ classes: 2, dim: 2, ...given } as never)).toThrow(message)
    }
  })
})
