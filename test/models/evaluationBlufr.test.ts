import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Generator, generator, type Tensor } from '../../engine/index.ts'
import { type BlufrOptions, blufr, blufrTrial, pairScores, tarAtFar } from '../../models/evaluation/index.ts'
import { at, axes, cosine, gaussian, labels, reordered, rotated, rotation, rowsOf } from './embeddings.ts'

interface Trial {
  readonly x: Tensor
  readonly y: number[]
  readonly gallery: number[]
  readonly probes: number[]
}

/** 24 images of 6 people: one image each of people 0 to 3 is enrolled, most others are probes, in any order. */
function draw(rng: Generator, ties: boolean): Trial {
  const y = [0, 1, 2, 3, 4, 5, ...labels(18, 0, 5, rng)]
  const order = Array.from(rng.permutation(24))
  const shuffled = order.map(i => y[i])
  const gallery = [0, 1, 2, 3].map(id => shuffled.indexOf(id))
  const probes = order.filter(i => !gallery.includes(i)).slice(2)
  return { x: ties ? axes(24, rng) : gaussian(24, 3, rng), y: shuffled, gallery, probes }
}

/** The toolkit's steps, on whole matrices of scores and stable sorts: `EvalROC.m`, then `OpenSetROC.m`. */
function bruteForce({ x, y, gallery, probes }: Trial, vrFar: number, dirFar: number, rank: number) {
  const rows = rowsOf(x)
  const test = [...gallery, ...probes]
  const [genScores, impScores]: number[][] = [[], []]
  test.forEach((i, a) => {
    test.slice(0, a).forEach(j => {
      ;(y[i] === y[j] ? genScores : impScores).push(cosine(rows[i], rows[j]))
    })
  })
  /** The threshold of the toolkit: an impostor score, or just outside all of them. */
  const threshold = (genuine: number[], impostors: number[], far: number): number => {
    const descending = [...impostors].sort((a, b) => b - a)
    const falseAlarms = Math.round(far * descending.length)
    if (falseAlarms === 0) {
      const high = genuine.filter(s => s > descending[0])
      return high.length === 0 ? descending[0] + 2 ** -26 : (descending[0] + Math.min(...high)) / 2
    }
    if (falseAlarms === descending.length) return Math.min(...descending, ...genuine) - 2 ** -26
    return descending[falseAlarms - 1]
  }
  const searches = probes.map(p => {
    const scores = gallery.map(g => cosine(rows[p], rows[g]))
    const sorted = gallery.map((_, g) => g).sort((a, b) => scores[b] - scores[a] || a - b)
    const matches = sorted.filter(g => y[gallery[g]] === y[p])
    return {
      scores,
      own: scores[matches[0]],
      rank: sorted.indexOf(matches[0]) + 1,
      genuine: matches.length > 0,
    }
  })
  const genuine = searches.filter(search => search.genuine)
  const highest = searches.filter(search => !search.genuine).map(({ scores }) => Math.max(...scores))
  const own = genuine.map(search => search.own)
  const [t, u] = [threshold(genScores, impScores, vrFar), threshold(own, highest, dirFar)]
  return {
    vr: genScores.filter(s => s >= t).length / genScores.length,
    dir: genuine.filter(search => search.own >= u && search.rank <= rank).length / genuine.length,
    impostors: highest.length,
  }
}

const run = (trial: Trial, options?: BlufrOptions) => blufrTrial(trial.x, trial.y, trial, options)

/** Of any size, 0 and 1 among them. */
const rates = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }))

describe('a trial of BLUFR', () => {
  test("against the toolkit's matrices, ties and all", async () => {
    let detected = 0
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.boolean(),
        rates,
        rates,
        fc.integer({ min: 1, max: 4 }),
        async (...drawn) => {
          const [seed, ties, verificationFar, identificationFar, rank] = drawn
          const trial = draw(generator(seed), ties)
          const expected = bruteForce(trial, verificationFar, identificationFar, rank)
          const { vr, dir } = await run(trial, { verificationFar, identificationFar, rank })
          expect(vr).toBe(expected.vr)
          if (expected.impostors > 0) expect(dir).toBe(expected.dir)
          else expect(dir).toBeNaN()
          if (dir > 0 && dir < 1) detected++
        },
      ),
    )
    expect(detected).toBeGreaterThan(10)
  })

  test('the order of the images and a rotation change nothing; a higher FAR or rank lowers no rate', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), rates, rates, async (seed, a, b) => {
        const rng = generator(seed)
        const trial = draw(rng, false)
        const [low, high] = [Math.min(a, b), Math.max(a, b)]
        const options = { verificationFar: low, identificationFar: low }
        const expected = await run(trial, options)
        const order = Array.from(rng.permutation(24))
        const moved = (rows: number[]): number[] => rows.map(i => order.indexOf(i)).reverse()
        const shuffled = {
          x: rotated(reordered(trial.x, order), rotation(3, rng)),
          y: order.map(i => trial.y[i]),
          gallery: moved(trial.gallery),
          probes: moved(trial.probes),
        }
        expect(await run(shuffled, options)).toEqual(expected)
        const wider = await run(trial, { verificationFar: high, identificationFar: high, rank: 2 })
        expect(wider.vr).toBeGreaterThanOrEqual(expected.vr)
        if (!Number.isNaN(expected.dir)) expect(wider.dir).toBeGreaterThanOrEqual(expected.dir)
      }),
    )
  })

  test('the rival threshold is that of tarAtFar', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), rates, async (seed, ties, far) => {
        const trial = draw(generator(seed), ties)
        const test = [...trial.gallery, ...trial.probes]
        const scores = await pairScores(
          reordered(trial.x, test),
          test.map(i => trial.y[i]),
        )
        const { vr } = await run(trial, { verificationFar: far, threshold: 'within' })
        expect(vr).toBe(tarAtFar(scores, far))
      }),
    )
  })

  test('by hand: detection and identification are two conditions', async () => {
    // Enrolled: 1 at 0 and 2 at 90 degrees. Genuine: 1 at 10 and at 60, 2 at 85. Impostors at 20 and 50: 20 and 40 away.
    const x = at(0, 90, 10, 60, 85, 20, 50)
    const trial = { gallery: [0, 1], probes: [2, 3, 4, 5, 6] }
    const dir = async (
      identificationFar: number,
      rank: number,
      threshold: 'rounded' | 'within' = 'rounded',
    ) => (await blufrTrial(x, [1, 2, 1, 1, 2, 3, 4], trial, { identificationFar, rank, threshold })).dir
    // The probe at 60 is nearer to 2: wrong at rank 1, and detected only where both impostors are.
    expect([await dir(0.5, 1), await dir(1, 1)]).toEqual([2 / 3, 2 / 3])
    expect([await dir(0.5, 2), await dir(1, 2)]).toEqual([2 / 3, 1])
    // 0.75 of two impostors are rounded to both; one is the most within it.
    expect([await dir(0.75, 2), await dir(0.75, 2, 'within')]).toEqual([1, 2 / 3])
  })

  test('a collapsed embedding: every equal score is accepted, unless both rivals are chosen', async () => {
    const x = at(7, 7, 7, 7, 7, 7)
    const y = [1, 2, 1, 2, 3, 3]
    const trial = { gallery: [0, 1], probes: [2, 3, 4, 5] }
    // In the order of the gallery the probe of person 1 is right.
    expect(await blufrTrial(x, y, trial, { verificationFar: 0.5, identificationFar: 0.5 })).toEqual({
      vr: 1,
      dir: 1 / 2,
    })
    const strict = { threshold: 'within', ties: 'worst' } as const
    expect(await blufrTrial(x, y, trial, strict)).toEqual({ vr: 0, dir: 0 })
  })

  test('what cannot be right is refused, and no impostors at all are NaN', async () => {
    const [x, y] = [at(0, 1, 2, 3), [1, 2, 1, 2]]
    const trial = (gallery: number[], probes: number[]) => blufrTrial(x, y, { gallery, probes })
    await expect(trial([0, 4], [1])).rejects.toThrow(
      'blufrTrial: rows of the gallery are integers from 0 to 3, got 4 for sample 1',
    )
    await expect(trial([0], [1, 0])).rejects.toThrow('blufrTrial: rows that differ expected, got 0 twice')
    await expect(trial([], [1])).rejects.toThrow('at least one row of each expected, got 0 of the gallery')
    expect((await trial([0, 1], [2, 3])).dir).toBeNaN()
    expect((await trial([0], [2])).vr).toBeNaN()
  })
})

describe('the figures over the trials of BLUFR', () => {
  test('by hand: mean, standard deviation of a sample, and their difference', () => {
    const { vr, dir } = blufr([
      { vr: 0.5, dir: 0.25 },
      { vr: 0.75, dir: 0.25 },
      { vr: 1, dir: 0.25 },
    ])
    expect(vr).toEqual({ mean: 0.75, std: 0.25, fused: 0.5 })
    expect(dir).toEqual({ mean: 0.25, std: 0, fused: 0.25 })
  })

  test('the order of the trials changes nothing, and each trial twice keeps the mean', () => {
    fc.assert(
      fc.property(fc.array(rates, { minLength: 2, maxLength: 10 }), list => {
        const of = (vrs: number[]) => blufr(vrs.map(vr => ({ vr, dir: 1 }))).vr
        const [vr, back, twice] = [of(list), of([...list].reverse()), of([...list, ...list])]
        // Sums of at most 20 terms in 0..1.
        expect(back.fused).toBeCloseTo(vr.fused, 13)
        expect(twice.mean).toBeCloseTo(vr.mean, 13)
        expect(twice.std).toBeLessThanOrEqual(vr.std + 1e-13)
      }),
    )
  })

  test('one trial, and a trial without a rate, are refused', () => {
    expect(() => blufr([{ vr: 1, dir: 1 }])).toThrow('blufr: at least 2 trials expected, got 1')
    expect(() =>
      blufr([
        { vr: 1, dir: 1 },
        { vr: 1, dir: Number.NaN },
      ]),
    ).toThrow('blufr: dir of trial 1 as a number from 0 to 1 expected, got NaN')
  })
})
