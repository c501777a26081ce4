import { describe, expect, test } from 'vitest'
import { reals } from '../../engine/domain.ts'
import {
  apply,
  Generator,
  grad,
  noGrad,
  OPS,
  type OpSpec,
  parameter,
  type Tensor,
} from '../../engine/index.ts'
import { pull } from '../../engine/recording.ts'
import type { Node } from '../../engine/tensor.ts'
import { differentiable, drawCase, drawTensor } from '../../engine/testing/index.ts'
import { onReference } from '../support/onReference.ts'

onReference()

const CASES = 12

/** The ops with rules of their own; others have those of what they are composed of. */
const RULED = OPS.filter(op => op.vjp !== undefined && differentiable(op).length > 0)

describe.each(RULED.map(op => [op.name, op] as const))('%s', (_, op) => {
  test.each(differentiable(op))('says what the rule of %s reads: no less, and no more', name => {
    const read = op.reads?.[name] as readonly string[]
    const unread = [...Object.keys(op.domain), '->'].filter(other => !read.includes(other))
    const needed = new Set<string>()
    for (let seed = 0; seed < CASES; seed++) {
      const expected = values(ruled(op, name, seed, []))
      expect(values(ruled(op, name, seed, unread))).toEqual(expected)
      for (const other of read) if (fails(() => ruled(op, name, seed, [other]))) needed.add(other)
    }
    expect(needed).toEqual(new Set(read))
  })
})

/** The cotangent of input `name` of a random case, the values of some inputs, or of the output, released before. */
function ruled(op: OpSpec, name: string, seed: number, released: readonly string[]): Tensor {
  const rng = new Generator(seed)
  const { inputs, attrs } = drawLeaves(op, rng)
  const z = apply(op, inputs, attrs)
  const dz = drawTensor(rng, z.shape, reals)
  const each: Readonly<Record<string, Tensor>> = { ...inputs, '->': z }
  for (const other of released) each[other].dispose()
  const [dx] = noGrad(() => pull(z.node as Node, dz, z, [name]))
  return dx as Tensor
}

function drawLeaves(op: OpSpec, rng: Generator) {
  const { inputs, attrs } = drawCase(op, rng)
  const entries = Object.entries(inputs).map(([name, x]) => [name, x.dtype === 'int32' ? x : parameter(x)])
  return { inputs: Object.fromEntries(entries) as typeof inputs, attrs }
}

const values = (t: Tensor): number[] => [...t.dataSync()]

function fails(f: () => unknown): boolean {
  try {
    f()
    return false
  } catch (error) {
    expect((error as Error).message).toMatch('its memory was released')
    return true
  }
}

test('an op that does not say it keeps all', () => {
  const { reads: _, ...silent } = RULED.find(op => op.name === 'add') as OpSpec
  const { inputs } = drawLeaves(silent as OpSpec, new Generator(1))
  const z = apply(silent as OpSpec, inputs)
  expect([...Object.values(inputs), z].map(t => t.saved)).toEqual([true, true, true])
  expect(grad(z.sum(), inputs.x).shape).toEqual(inputs.x.shape)
})
