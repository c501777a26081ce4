import { describe, expect, test } from 'vitest'
import { generator, randn } from '../../engine/index.ts'
import { createLoss } from '../../examples/glyph-reid/train/losses.ts'
import { variantOf } from '../../examples/glyph-reid/train/variants.ts'
import { dot, farthest, length, rowsOf, values } from '../losses/support.ts'

const [classes, dim] = [5, 4]
const training = { sizes: [40, 9, 4, 2, 1], stepsAnEpoch: 3 }
const lossOf = (name: string) =>
  createLoss(variantOf(name), { classes, dim, seed: 1, dtype: 'float64' }, training)

const rng = generator(0)
const x = randn([8, dim], rng, { dtype: 'float64' })
const y = Array.from({ length: 8 }, () => rng.integer(0, classes - 1))

describe('variants', () => {
  test.each(['cosFace', 'irCosFace', 'irCosFace-previous-tau1', 'softmax', 'irSphereFace-learned2'])(
    '%s: pull2 adds twice the mean of ‖w_y / ‖w_y‖ - x / ‖x‖‖^2',
    name => {
      const [plain, pulled] = [lossOf(name), lossOf(`${name}-pull2`)]
      // Centres as they are, also where the loss takes them relative to their mean; learned prototypes come first.
      const { centers } = plain.state().tensors
      const c = rowsOf(name.includes('learned') ? plain.prototypes : (centers ?? plain.prototypes))
      const squares = rowsOf(x).map((xi, i) => 2 - (2 * dot(xi, c[y[i]])) / (length(xi) * length(c[y[i]])))
      const mean = squares.reduce((a, b) => a + b) / squares.length
      expect(pulled(x, y).item() - plain(x, y).item()).toBeCloseTo(2 * mean, 12)
      expect(farthest(values(pulled.logits(x)), values(plain.logits(x)))).toBe(0)
    },
  )

  test('centres on the sphere are moved by alpha = 0.5 times their distance to each sample, after the loss', () => {
    const loss = lossOf('irCosFace-sphere')
    expect(loss.updateAfter).toBe(true)
    const before = rowsOf(loss.prototypes)
    for (const c of before) expect(length(c)).toBeCloseTo(1, 12)
    loss.update(x, y)
    rowsOf(loss.prototypes).forEach((after, j) => {
      const moved = [...before[j]]
      rowsOf(x).forEach((xi, i) => {
        if (y[i] !== j) return
        for (let k = 0; k < dim; k++) moved[k] -= 0.5 * (before[j][k] - xi[k] / length(xi))
      })
      expect(
        farthest(
          after,
          moved.map(v => v / length(moved)),
        ),
      ).toBeLessThan(1e-12)
    })
  })
})
