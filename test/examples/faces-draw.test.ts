import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator } from '../../engine/index.ts'
import { blurred } from '../../examples/faces/draw/blur.ts'
import { type Capture, drawCapture } from '../../examples/faces/draw/capture.ts'
import { headOf } from '../../examples/faces/draw/head.ts'
import { drawIdentity } from '../../examples/faces/draw/identity.ts'
import { rays } from '../../examples/faces/draw/rays.ts'
import { render, SIDE } from '../../examples/faces/draw/render.ts'
import { dot, intoHead, unit } from '../../examples/faces/draw/vector.ts'

const seeds = fc.nat(1000)

/** A picture that nothing is left or right in. */
const even = (capture: Capture): Capture => ({
  ...capture,
  yaw: 0,
  roll: 0,
  shift: [0, capture.shift[1]],
  light: unit([0, 0.3, 1]),
  gaze: [0, capture.gaze[1]],
  backdrop: [capture.felt, capture.felt],
  bar: { ...capture.bar, half: 0 },
  noise: 0,
})

const pixel = (image: Uint8Array, row: number, column: number): number[] => [
  ...image.subarray(3 * (row * SIDE + column), 3 * (row * SIDE + column) + 3),
]

describe('drawn faces', () => {
  it('are the same for the same seed, and others for another', () => {
    const draw = (seed: number) => {
      const rng = generator(seed)
      return render(drawIdentity(rng), drawCapture(rng), rng)
    }
    expect(draw(3)).toEqual(draw(3))
    expect(draw(3)).not.toEqual(draw(4))
  })

  it('are their own mirror image where neither person nor picture has a left and a right', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const rng = generator(seed)
        const given = drawIdentity(rng)
        // Strands of hair are a wave across, which black hair does not show.
        const hair = { ...given.hair, parting: 0, color: [0, 0, 0] as const }
        const identity = { ...given, hair, freckles: 0, mole: { ...given.mole, size: 0 } }
        const image = render(identity, even(drawCapture(rng)), rng)
        for (let row = 0; row < SIDE; row += 5) {
          for (let column = 0; column < SIDE / 2; column += 3) {
            const [left, right] = [pixel(image, row, column), pixel(image, row, SIDE - 1 - column)]
            // Rounding of a sum in another order.
            for (let k = 0; k < 3; k++) expect(Math.abs(left[k] - right[k])).toBeLessThanOrEqual(1)
          }
        }
      }),
      { numRuns: 4 },
    )
  })

  it('turn without stretching, and back', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const rng = generator(seed)
        const [yaw, pitch, roll] = [rng.normal(), rng.normal(), rng.normal()]
        const turned = intoHead({ yaw, pitch, roll })
        const [a, b] = [
          [rng.normal(), rng.normal(), rng.normal()] as const,
          [rng.normal(), rng.normal(), rng.normal()] as const,
        ]
        // Rounding: numbers of about 1.
        expect(dot(turned(a), turned(b))).toBeCloseTo(dot(a, b), 12)
        const [x, y, z] = [turned([1, 0, 0]), turned([0, 1, 0]), turned([0, 0, 1])]
        for (let k = 0; k < 3; k++)
          expect(a[0] * x[k] + a[1] * y[k] + a[2] * z[k]).toBeCloseTo(turned(a)[k], 12)
      }),
    )
  })

  it('meet rays on the ellipsoid that they name, and nothing lies before', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const rng = generator(seed)
        const head = headOf(drawIdentity(rng), drawCapture(rng))
        const direction = unit([rng.normal(), rng.normal(), rng.normal()])
        const origin = [rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-1, 1)] as const
        const level = (i: number, p: readonly number[]): number =>
          head[i].center.reduce((sum, c, k) => sum + ((p[k] - c) / head[i].radii[k]) ** 2, 0)
        const hit = rays(head, direction)(...origin)
        if (hit === undefined) return
        const { index, point } = hit
        expect(level(index, point)).toBeCloseTo(1, 9)
        for (let back = 0.01; back < 3; back += 0.05) {
          const before = point.map((p, k) => p - back * direction[k])
          for (let i = 0; i < head.length; i++)
            if (head[i].has === undefined) expect(level(i, before)).toBeGreaterThan(1)
        }
      }),
    )
  })

  it('blur keeps a constant image, and mirrors with its image', () => {
    const rng = generator(1)
    const side = 9
    const image = Float64Array.from({ length: side * side * 3 }, () => rng.uniform())
    const mirrored = (x: Float64Array): Float64Array =>
      x.map(
        (_, i) => x[3 * (side * Math.floor(i / 3 / side) + side - 1 - (Math.floor(i / 3) % side)) + (i % 3)],
      )
    const one = blurred(new Float64Array(image.length).fill(0.3), side, 1.1)
    for (const v of one) expect(v).toBeCloseTo(0.3, 12)
    const [a, b] = [mirrored(blurred(image, side, 1.1)), blurred(mirrored(image), side, 1.1)]
    a.forEach((v, i) => {
      expect(v).toBeCloseTo(b[i], 12)
    })
  })
})
