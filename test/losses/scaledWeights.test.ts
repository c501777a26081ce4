import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad, tensor } from '../../engine/index.ts'
import { type Margin, marginSoftmax, scaledWeights } from '../../losses/index.ts'
import { softmaxMargin } from '../../losses/margins/margin.ts'
import { adam } from '../../models/index.ts'
import { onReference } from '../support/onReference.ts'
import { dot, drawCase, f64, farthest, rowsOf, seeds, values } from './support.ts'

onReference()

const over = (W: Parameters<typeof scaledWeights>[1], margin: Margin = softmaxMargin()) => {
  const [classes, dim] = W.shape
  return marginSoftmax('lws', margin, scaledWeights('lws', W), { classes, dim, reduction: 'none' })
}

describe('scaledWeights', () => {
  it('has the logits f_j <W_j, x>, and the gradient of f alone', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rng, x, W, y, classes } = drawCase(seed)
        const loss = over(W)
        expect(values(loss.prototypes)).toEqual(values(W))
        const f = Array.from({ length: classes }, () => rng.uniform(0.5, 2))
        loss.load({ tensors: { f: f64(f, [classes, 1]), W }, values: {} })
        const z = rowsOf(x).map(xi => rowsOf(W).map((w, j) => f[j] * dot(w, xi)))
        expect(farthest(loss.logits(x), z.flat())).toBeLessThan(1e-13)
        // d/df_j of the sum of CE: sum_i (p_ij - [y_i = j]) <W_j, x_i>.
        const expected = f.map((_, j) =>
          z.reduce((sum, row, i) => {
            const p = Math.exp(row[j]) / row.reduce((total, v) => total + Math.exp(v), 0)
            return sum + ((p - Number(y[i] === j)) * row[j]) / f[j]
          }, 0),
        )
        expect(Object.keys(loss.parameters)).toEqual(['f'])
        const df = grad(loss(x, y).sum(), loss.parameters.f)
        expect(farthest(df, expected)).toBeLessThan(1e-12)
      }),
    )
  })

  it('leaves W where it is while f is trained, and the weights that it came from', () => {
    const { x, W, y } = drawCase(5)
    const before = values(W)
    const loss = over(W)
    const optimizer = adam(loss.parameters, { lr: 0.1 })
    const first = loss(x, y).sum().item()
    for (let t = 0; t < 20; t++) optimizer.step(grad(loss(x, y).sum(), loss.parameters))
    expect(loss(x, y).sum().item()).toBeLessThan(first)
    expect(values(loss.state().tensors.W)).toEqual(before)
    expect(values(W)).toEqual(before)
    const ratios = rowsOf(loss.prototypes).map((w, j) => w.map((v, d) => v / rowsOf(W)[j][d]))
    for (const ratio of ratios.flatMap(row => row.map(r => r / row[0]))) expect(ratio).toBeCloseTo(1, 12)
    W.assign(W.mul(0))
    expect(values(loss.state().tensors.W)).toEqual(before)
  })

  it('refuses what are no weights', () => {
    expect(() => scaledWeights('lws', [[1]] as never)).toThrow('lws: W as a tensor')
    expect(() => scaledWeights('lws', tensor([1]))).toThrow('lws: W[C,D] -> [C,D]: W has rank 2')
    const loss = over(tensor([[1, 2]]))
    expect(() => loss.load({ tensors: {}, values: {} })).toThrow('missing: f, W')
  })
})
