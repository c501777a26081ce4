import { expect, it } from 'vitest'
import type { Convolution } from '../../engine/backends/backend.ts'
import { memo } from '../../engine/memo.ts'

const geometry = (batch: number, padding: readonly [number, number] = [0, 0]): Convolution => ({
  batch,
  groups: 1,
  inChannels: 1,
  outChannels: 1,
  padding,
  kernel: [1, 1],
  stride: [1, 1],
  dilation: [1, 1],
  input: [1, 1],
  output: [1, 1],
})

it('keeps that there is nothing, and knows an object by itself', () => {
  let made = 0
  const none = memo((_: object) => void made++)
  for (let i = 0; i < 3; i++) expect(none(geometry(2))).toBeUndefined()
  expect(made).toBe(1)
  const known = { n: 1 }
  const plan = memo((key: object) => [key])
  const first = plan(known)
  Object.assign(known, { toJSON: () => expect.fail('JSON of an object that was seen before') })
  expect(plan(known)).toBe(first)
  expect(plan({ n: 1 })).toBe(first)
})

it('makes a plan once a geometry, and forgets the oldest of many', () => {
  const asked: number[] = []
  const plan = memo((g: Convolution) => {
    asked.push(g.batch)
    return { g }
  })
  expect(plan(geometry(1))).toBe(plan(geometry(1)))
  expect(plan(geometry(1, [0, 1]))).not.toBe(plan(geometry(1, [1, 0])))
  expect(asked).toEqual([1, 1, 1])
  for (let n = 2; n < 300; n++) expect(plan(geometry(n)).g.batch).toBe(n)
  expect(plan(geometry(299))).toBe(plan(geometry(299)))
  expect(asked.length).toBe(3 + 298)
  plan(geometry(1))
  expect(asked.at(-1)).toBe(1)
})
