import { describe, expect, it } from 'vitest'
import { grad, parameter, type Tensor } from '../../engine/index.ts'
import { lossByName, sphereFace } from '../../losses/index.ts'
import { loadNpy, saveNpy } from '../../models/interchange/index.ts'
import { f64, finite, lossWith, values } from './support.ts'

/** What examples/docs/migration.md says of our side. Angles lie in a plane; the weight of the other class is at right angles to it. */
const W = f64([1, 0, 0, 0, 0, 1], [2, 3])
const at = (...angles: number[]): Tensor =>
  f64(
    angles.flatMap(theta => [Math.cos(theta), Math.sin(theta), 0]),
    [angles.length, 3],
  )
const SIXTY = Math.PI / 3

/** The logit of the own class, and its slope in the cosine, from the loss: ln(1 + e^-z_y). */
function own(name: string, theta: number, options: object): { z: number; slope: number } {
  const loss = lossWith(lossByName(name), W, options)
  const x = parameter(at(theta))
  const value = loss(x, [0])
  const [l, g] = [value.item(), values(grad(value, x))]
  // dl / dtheta = (1 - p) z' sin theta, p = e^-l.
  const along = -Math.sin(theta) * g[0] + Math.cos(theta) * g[1]
  return { z: -Math.log(Math.expm1(l)), slope: along / ((1 - Math.exp(-l)) * Math.sin(theta)) }
}

describe('what differs from other libraries', () => {
  it('ArcFace has the slope s sin(theta + m) / sin theta: 73.9 at 60 degrees, not 64', () => {
    const { z, slope } = own('arcFace', SIXTY, { s: 64, m: 0.5 })
    expect(z).toBeCloseTo(64 * Math.cos(SIXTY + 0.5), 9)
    expect(slope).toBeCloseTo((64 * Math.sin(SIXTY + 0.5)) / Math.sin(SIXTY), 9)
    expect(slope).toBeCloseTo(73.9, 1)
  })

  it('ArcFace has a gradient where a sample lies on its weight', () => {
    const loss = lossWith(lossByName('arcFace'), W, {})
    const x = parameter(f64([2, 0, 0], [1, 3]))
    expect(finite(grad(loss(x, [0]), x))).toBe(true)
  })

  it('all three margins count, also where m3 > 0', () => {
    const { z } = own('combinedMargin', SIXTY, { s: 8, m1: 1.2, m2: 0.3, m3: 0.1 })
    expect(z).toBeCloseTo(8 * (Math.cos(1.2 * SIXTY + 0.3) - 0.1), 9)
  })

  it('a multiple of the angle that is no integer is refused by SphereFace, and taken by SphereFace-R', () => {
    expect(() => sphereFace({ classes: 2, dim: 3, m: 1.5 })).toThrow('integer')
    const { z, slope } = own('sphereFaceR', SIXTY, { s: 8, m: 1.5, clamped: false })
    expect(z).toBeCloseTo(8 * Math.cos(1.5 * SIXTY), 9)
    // That of the plain cosine, as in OpenSphere.
    expect(slope).toBeCloseTo(8, 9)
  })

  it('weights of classes are divided by their sum over the batch', () => {
    const x = at(1, 2)
    const [l0, l1] = values(lossWith(lossByName('cosFace'), W, { reduction: 'none' })(x, [0, 1]))
    const weighted = lossWith(lossByName('cosFace'), W, { weight: [1, 3] })(x, [0, 1]).item()
    expect(weighted).toBeCloseTo((l0 + 3 * l1) / 4, 12)
  })

  it('W comes over from pytorch-metric-learning as its transpose, with the same values', () => {
    // Of its version 2.9.0 in float64: ArcFaceLoss, with ClassWeightedReducer, CosFaceLoss, and SubCenterArcFaceLoss with two sub-centres.
    const theirs = {
      plain: 103.01427034590179,
      weighted: 277.75023147996,
      cosFace: 106.8256800193224,
      two: 0.009376619253106283,
    }
    const wave = (n: number, f: (i: number) => number) => Array.from({ length: n }, (_, i) => f(i))
    const x = f64(
      wave(15, i => Math.cos(0.9 * i)),
      [5, 3],
    )
    const there = f64(
      wave(12, i => Math.sin(1.7 * i + 1)),
      [3, 4],
    )
    const file = saveNpy(there.permute([1, 0]))
    const of = (name: string, more: object, y = [0, 1, 2, 3, 1]): number => {
      const loss = lossByName(name).create({ classes: 4, dim: 3, dtype: 'float64', s: 64, ...more })
      loss.parameters.W.assign(loadNpy(file, { dtype: 'float64' }))
      return loss(x, y).item()
    }
    const m = (28.6 * Math.PI) / 180
    const weight = [1, 2, 3, 4]
    expect(of('arcFace', { m })).toBeCloseTo(theirs.plain, 10)
    // Theirs is over N, ours over the sum of the weights.
    expect((of('arcFace', { m, weight }) * 12) / 5).toBeCloseTo(theirs.weighted, 10)
    expect(of('cosFace', { m: 0.35 })).toBeCloseTo(theirs.cosFace, 10)
    expect(of('arcFace', { m, classes: 2, subCenters: 2 }, [0, 1, 0, 1, 1])).toBeCloseTo(theirs.two, 10)
  })
})
