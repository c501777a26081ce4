import { describe, expect, test } from 'vitest'
import { type Tensor, tensor } from '../../engine/index.ts'
import { lossByName } from '../../losses/index.ts'
import { readCases, unpack, unpackAll } from './cases.ts'
import { type Case, replay, title } from './replay.ts'

interface AdaptiveCase extends Case {
  /** What the margin remembers, before and after this batch. */
  readonly memory?: Readonly<Record<string, number>>
  readonly updated?: Readonly<Record<string, number>>
}

const float64 = { dtype: 'float64' } as const

function adaptive(c: AdaptiveCase): void {
  const { x, W, b, y } = c.inputs
  const [classes, dim] = W.shape
  const loss = lossByName(c.op).create({ ...c.options, classes, dim, ...float64 })
  const { tensors, values } = loss.state()
  const memory = Object.entries(c.memory ?? {}).map(([name, v]) => [`margin.${name}`, tensor(v, float64)])
  const given: Record<string, Tensor> = { W: unpack(W), ...(b && { b: unpack(b) }) }
  loss.load({ tensors: { ...tensors, ...given, ...Object.fromEntries(memory) }, values })
  replay(c, inputs => loss(inputs.x, y.data), { ...unpackAll({ x }, ['x']), ...loss.parameters })
  loss.update(unpack(x), y.data)
  for (const [name, value] of Object.entries(c.updated ?? {})) {
    // Means of nine numbers, and of adaCos a logarithm of a sum: a few roundings.
    expect(Math.abs(loss.state().tensors[`margin.${name}`].item() - value)).toBeLessThan(1e-12)
  }
}

describe('margins that bend other classes, go by the batch or decide by class, as their equations in PyTorch', () => {
  test.each(readCases<AdaptiveCase>('adaptive').map(c => [title(c), c] as const))('%s', (_, c) => {
    adaptive(c)
  })
})
