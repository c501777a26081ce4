import { describe, expect, it } from 'vitest'
import { grad, tensor } from '../../engine/index.ts'
import { finite, lossWith, MARGINS, named } from './support.ts'

describe.each(named(MARGINS))('%s', (_, row) => {
  it.each(['float32', 'float64'] as const)('is finite, and so its gradients, at the ends in %s', dtype => {
    const huge = dtype === 'float32' ? 1e30 : 1e200
    const W = [
      [3, 4, 0],
      [-3, -4, 0],
      [0, 0, 2],
      [1, 1, 1],
    ]
    const xs: Record<string, number[][]> = {
      zero: [
        [0, 0, 0],
        [0, 0, 0],
      ],
      'cosine 1 and -1': [
        [3, 4, 0],
        [6, 8, 0],
      ],
      'one zero': [
        [0, 0, 0],
        [1, 2, 3],
      ],
      huge: [
        [huge, -huge, huge],
        [3 * huge, 4 * huge, 0],
      ],
      'huge and tiny': [
        [huge, 0, 0],
        [1 / huge, 0, 1 / huge],
      ],
    }
    for (const [what, rows] of Object.entries(xs)) {
      for (const y of [
        [0, 1],
        [1, 0],
        [3, 3],
      ]) {
        for (const prototypes of [W, W.slice(0, 1)]) {
          const labels = prototypes.length === 1 ? [0, 0] : y
          const loss = lossWith(row, tensor(prototypes, { dtype }), { reduction: 'none' })
          const x = tensor(rows, { dtype, requiresGrad: true })
          for (const updated of [false, true]) {
            if (updated) loss.update(x, labels)
            const z = loss(x, labels)
            const grads = grad(z, { x, ...loss.parameters }, tensor([0.75, -1.5], { dtype }))
            expect(finite(z), `${what}: ${z}`).toBe(true)
            for (const g of Object.values(grads)) expect(finite(g), `${what}: ${g}`).toBe(true)
            expect(finite(loss.logits(x)), what).toBe(true)
          }
        }
      }
    }
  })
})
