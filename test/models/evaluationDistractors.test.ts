import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import { generator, randn, type Tensor, tensor } from '../../engine/index.ts'
import { type IdentificationOptions, identification, tarAtFar } from '../../models/evaluation/index.ts'
import { at, axes, cosine, float64, gaussian, labels, rowsOf } from './embeddings.ts'

const draw = (seed: number, ties: boolean) => {
  const rng = generator(seed)
  const x = ties ? axes(8, rng) : gaussian(8, 3, rng)
  return { x, y: labels(8, 0, 2, rng), z: ties ? axes(30, rng) : gaussian(30, 3, rng) }
}

/** The rows of z in blocks of these sizes, in turn, until none are left. */
function cut(z: Tensor, heights: readonly number[]): number[][][] {
  const [rows, blocks]: [number[][], number[][][]] = [rowsOf(z), []]
  for (let from = 0, b = 0; from < rows.length; b++) {
    const height = heights[b % heights.length]
    blocks.push(rows.slice(from, from + height))
    from += height
  }
  return blocks
}

function* tensorsOf(blocks: number[][][]): Generator<Tensor> {
  for (const block of blocks) {
    using z = tensor(block, float64)
    yield z
  }
}

async function* later(blocks: Iterable<Tensor>): AsyncGenerator<Tensor> {
  for (const block of blocks) yield await Promise.resolve(block)
}

/** Verification at one number of distractors, on whole lists of scores. */
function tarByLists(x: Tensor, y: number[], z: Tensor, n: number, far: number): number {
  const [probes, others] = [rowsOf(x), rowsOf(z).slice(0, n)]
  const same = probes.flatMap((probe, i) =>
    probes.flatMap((mate, j) => (i !== j && y[i] === y[j] ? [cosine(probe, mate)] : [])),
  )
  const different = probes.flatMap(probe => others.map(other => cosine(probe, other)))
  return tarAtFar({ same: Float64Array.from(same), different: Float64Array.from(different) }, far)
}

const heights = fc.array(fc.integer({ min: 1, max: 13 }), { minLength: 1, maxLength: 5 })
const sizes = fc.option(
  fc.uniqueArray(fc.nat(30), { minLength: 1, maxLength: 5 }).map(list => list.sort((a, b) => a - b)),
  { nil: undefined },
)

describe('distractors in blocks', () => {
  test('of any heights, in tensors, from what is iterable at once or later, are the whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), heights, sizes, async (seed, ties, cuts, sizes) => {
        const { x, y, z } = draw(seed, ties)
        const options: IdentificationOptions = { sizes, far: 0.1 }
        const whole = await identification(x, y, z, options)
        const blocks = cut(z, cuts)
        expect(await identification(x, y, tensorsOf(blocks), options)).toEqual(whole)
        expect(await identification(x, y, later(tensorsOf(blocks)), options)).toEqual(whole)
      }),
    )
  })

  test('as arrays of rows are float32, beside probes in float32', async () => {
    const probes = at(0, 10).toArray() as number[][]
    const blocks = [at(5, 20), at(180)].map(t => t.toArray() as number[][])
    const { curves } = await identification(probes, [1, 1], new Set(blocks), { sizes: [0, 1, 3] })
    expect(curves.map(({ rank1 }) => rank1)).toEqual([1, 0, 0])
  })

  test('are not asked for after the last size, and the giver may clean up', async () => {
    let [given, cleaned] = [0, 0]
    function* endless(): Generator<Tensor> {
      try {
        for (;;) {
          given++
          yield at(90, 180)
        }
      } finally {
        cleaned++
      }
    }
    const { curves } = await identification(at(0, 1), [1, 1], endless(), { sizes: [1, 5] })
    expect(curves.map(({ distractors }) => distractors)).toEqual([1, 5])
    expect([given, cleaned]).toEqual([3, 1])
  })

  test('take no more memory the more they are: 20,000 that would not fit', async () => {
    const limit = 12 * 2 ** 20
    const wasm = createWasm({ threads: 1, limit })
    const rng = generator(1)
    const x = randn([20, 200], rng, { backend: wasm })
    const y = Array.from({ length: 20 }, (_, i) => i >> 1)
    const used = wasm.used
    let most = 0
    function* blocks(count: number): Generator<Tensor> {
      for (let b = 0; b < count; b++) {
        most = Math.max(most, wasm.used)
        using z = randn([500, 200], rng, { backend: wasm })
        yield z
      }
    }
    const { trials, curves } = await identification(x, y, blocks(40), { far: 1e-3 })
    expect(trials).toBe(20)
    expect(curves.map(({ distractors }) => distractors)).toEqual([10, 100, 1000, 10_000, 20_000])
    expect(wasm.used).toBe(used)
    const after = most
    await identification(x, y, blocks(4))
    expect(most).toBe(after)
    // Whole, they are 15 MiB.
    expect(() => randn([20_000, 200], rng, { backend: wasm })).toThrow('out of memory')
  })

  test('give their memory back on an error, which names the block', async () => {
    const wasm = createWasm({ threads: 1 })
    const x = randn([4, 3], generator(1), { backend: wasm })
    const used = wasm.used
    const run = (blocks: readonly (number[][] | Tensor)[], options?: IdentificationOptions) =>
      identification(x, [1, 1, 2, 2], blocks.values(), options)
    const good = [[1, 2, 3]]
    await expect(run([good, [[1, Number.NaN, 2]]])).rejects.toThrow(
      'identification: block 1 of distractors[N,D] of finite numbers expected, got others in row 0',
    )
    await expect(run([good, good, [[1, 2]]])).rejects.toThrow(
      'identification: probes[N,D] block 2 of distractors[M,D]: D is 3 and 2',
    )
    await expect(run([good, good], { sizes: [1, 3] })).rejects.toThrow(
      'identification: ascending numbers of distractors from 0 to 2 expected, got [1, 3]',
    )
    await expect(run([good], { sizes: [2, 1] })).rejects.toThrow(
      'ascending numbers of distractors from 0 expected',
    )
    await expect(run([])).rejects.toThrow('identification: at least one distractor expected, got none')
    await expect(run([3 as unknown as Tensor])).rejects.toThrow('tensor or an array of rows expected, got 3')
    expect(wasm.used).toBe(used)
  })
})

describe('verification among distractors', () => {
  test('is tarAtFar of all pairs, ties and all', async () => {
    const seen = new Set<number>()
    const rates = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }))
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), rates, async (seed, ties, far) => {
        const { x, y, z } = draw(seed, ties)
        const { curves } = await identification(x, y, z, { sizes: [1, 7, 30], far })
        for (const { distractors, tar } of curves) {
          expect(tar).toBe(tarByLists(x, y, z, distractors, far))
          seen.add(tar as number)
        }
      }),
    )
    expect(seen.size).toBeGreaterThan(10)
  })

  test('is there only where a rate is given, and NaN without pairs of either kind', async () => {
    const run = (y: number[], options: IdentificationOptions) =>
      identification(at(0, 10), y, at(10, 90), options)
    expect((await run([1, 1], {})).curves[0]).not.toHaveProperty('tar')
    expect((await run([1, 2], { far: 0.5 })).curves[0].tar).toBeNaN()
    const [none, all] = (await run([1, 1], { far: 0, sizes: [0, 2] })).curves
    // The first distractor is nearer to the second probe than its mate.
    expect([none.tar, all.tar]).toEqual([Number.NaN, 0])
  })
})
