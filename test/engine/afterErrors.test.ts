import * as fc from 'fast-check'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { reference } from '../../engine/backends/reference/index.ts'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import {
  broadcastTo,
  conv2d,
  convTranspose2d,
  full,
  Generator,
  grad,
  matmul,
  maxPool2d,
  oneHot,
  ones,
  parameter,
  randn,
  type Shape,
  sum,
  type Tensor,
  tidy,
  zeros,
} from '../../engine/index.ts'
import { seeds } from '../../engine/testing/index.ts'
import { subjects } from '../support/backends.ts'
import { check } from '../support/property.ts'
import { drawWildCall, type WildCall } from '../support/wildCalls.ts'

type Outcome = 'an error' | readonly { shape: Shape; values: number[] }[]

/** What a call gives on a backend: its shapes and values, or that it throws an error of ours, some devices when read. */
async function outcome(call: WildCall, backend: Backend): Promise<Outcome> {
  const made: Tensor[] = []
  try {
    made.push(...tidy(() => [call.run(backend)].flat() as Tensor[]))
    return await Promise.all(made.map(async t => ({ shape: t.shape, values: [...(await t.data())] })))
  } catch (error) {
    const { message } = error as Error
    if (/^\w+: /.test(message)) return 'an error'
    throw new Error(`an error of ours expected, got: ${message}`, { cause: error })
  } finally {
    for (const t of made) t.dispose()
  }
}

/** Fails unless both are errors, or shapes are the same and values about so: other tests know their tolerance. */
function expectAlike(actual: Outcome, expected: Outcome, text: string): void {
  if (typeof actual === 'string' || typeof expected === 'string') {
    expect(actual, text).toEqual(expected)
    return
  }
  const shapes = (made: Exclude<Outcome, string>) => made.map(({ shape }) => shape)
  expect(shapes(actual), text).toEqual(shapes(expected))
  actual.forEach(({ values }, i) => {
    values.forEach((x, at) => {
      const y = expected[i].values[at]
      if (!Object.is(x, y) && x !== y)
        expect(Math.abs(x - y), text).toBeLessThan(1e-3 * Math.max(1, Math.abs(y)))
    })
  })
}

/** What a backend computes as long as nothing is broken: every bit of it. */
async function computes(backend: Backend): Promise<number[]> {
  const made = tidy(() => {
    const rng = new Generator(1)
    const x = randn([2, 9, 9, 5], rng, { backend })
    const y = maxPool2d(conv2d(x, randn([3, 3, 5, 8], rng, { backend }), { padding: 1 }), 2)
    return [y, matmul(randn([40, 30], rng, { backend }), randn([30, 50], rng, { backend })), sum(y)]
  })
  const values = (await Promise.all(made.map(t => t.data()))).flatMap(x => [...x])
  for (const t of made) t.dispose()
  return values
}

const expectations = new Map<number, Promise<Outcome>>()
/** Once for all backends, which draw the same calls. */
function expectedOf(call: WildCall, seed: number): Promise<Outcome> {
  const known = expectations.get(seed) ?? outcome(call, reference)
  expectations.set(seed, known)
  return known
}

const several = [1, 2].map(threads => ({
  name: `wasm, ${threads} threads`,
  runs: 30,
  create: async () => createWasm({ threads, limit: 2 ** 26 }),
}))

const all = inject('registry') ? [...subjects(), ...several] : subjects()

describe.each(all)('after any error, $name', ({ create, runs }) => {
  let backend: Backend
  let before: number[]
  beforeAll(async () => {
    backend = await create()
    before = await computes(backend)
  })

  it('gives what the reference gives, errors too, and computes as before', async () => {
    await check(
      fc.asyncProperty(seeds(), async seed => {
        const call = drawWildCall(new Generator(seed))
        const [actual, expected] = [await outcome(call, backend), await expectedOf(call, seed)]
        expectAlike(actual, expected, call.text)
        if (actual === 'an error') expect(await computes(backend), call.text).toEqual(before)
      }),
      10 * runs,
    )
  })

  it('an output without elements is right, and so are its gradients', async () => {
    const [x, w] = [
      parameter(full([1, 2, 2, 1], 1, { backend })),
      parameter(full([1, 1, 1, 1], 1, { backend })),
    ]
    const y = convTranspose2d(x, w, { padding: 1 })
    expect(y.shape).toEqual([1, 0, 0, 1])
    const dy = grad(sum(y), { x, w })
    expect([...(await dy.x.data())]).toEqual([0, 0, 0, 0])
    expect([...(await dy.w.data())]).toEqual([0])
    const empty = parameter(full([1, 0, 0, 1], 1, { backend }))
    const z = conv2d(empty, w, { padding: 1 })
    expect([...(await z.data())]).toEqual([0, 0, 0, 0])
    expect(grad(sum(z), { empty }).empty.shape).toEqual([1, 0, 0, 1])
    expect(await computes(backend)).toEqual(before)
  })

  it('what no memory holds is refused with its size', async () => {
    const x = ones([1], { backend })
    for (const [run, message] of [
      [
        () => zeros([2 ** 38 + 1], { backend }),
        'at most 2^32 elements expected, got shape [274877906945] of 274877906945',
      ],
      [() => zeros([2 ** 26, 2 ** 26], { backend }), 'got shape [67108864,67108864] of 4503599627370496'],
      [
        () => oneHot([0], 2 ** 52),
        'oneHot: at most 2^32 elements expected, got shape [1,4503599627370496] of 4503599627370496',
      ],
      [
        () => broadcastTo(x, [2 ** 52]),
        'broadcastTo: at most 2^32 elements expected, got shape [4503599627370496] of 4503599627370496',
      ],
    ] as const) {
      expect(run).toThrow(message)
      expect(await computes(backend)).toEqual(before)
    }
  })
})
