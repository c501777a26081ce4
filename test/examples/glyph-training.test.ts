import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { setThreads } from '../../engine/index.ts'
import { lineOf, type Result, type Run } from '../../examples/glyph-reid/train/results.ts'
import { run } from '../../examples/glyph-reid/train/run.ts'
import { runAll } from '../../examples/jobs/workers.ts'
import { jobsFor, patternSet, timeless } from './glyphTraining.ts'

const set = patternSet()
const folder = mkdtempSync(join(tmpdir(), 'glyph-training-'))
const WORKER = new URL('./glyphWorker.ts', import.meta.url)
// Seconds where nothing else runs; the rest is for machines that are busy.
const LIMIT = 300_000
const SMALL = '--dim 8 --batch 32 --epochs 2'
const STEPS = 30

afterAll(() => rmSync(folder, { recursive: true }))

describe('two epochs on a small set', () => {
  const job = jobsFor(set, `--loss normFace --evaluate-every 15 ${SMALL}`)[0]
  let whole: Run

  beforeAll(async () => {
    whole = (await run(set, job)).run
  }, LIMIT)

  test('learn something that carries over to identities never trained on', async () => {
    expect(whole.steps).toBe(STEPS)
    // The first point may be anything, and the last are below it by far: ln 25 = 3.2 is the loss of a guess.
    const late = whole.curve.slice(-5).map(([, loss]) => loss)
    expect(Math.max(...late)).toBeLessThan(3.2)
    const guess = 12 / 231
    for (const { rank1, auc } of [whole.p1, whole.p2]) {
      expect(rank1).toBeGreaterThan(5 * guess)
      expect(auc).toBeGreaterThan(0.8)
    }
    expect(whole.closed.ncm.all).toBeGreaterThan(0.5)
  })

  test(
    'learn as much by the recipe with a neck, judged after it',
    async () => {
      const { p1, closed } = (await run(set, jobsFor(set, `--recipe bnneck ${SMALL}`)[0])).run
      expect(p1.rank1).toBeGreaterThan((5 * 12) / 231)
      expect(closed.ncm.all).toBeGreaterThan(0.5)
    },
    LIMIT,
  )

  test('have a line of JSON with the figures that are asked for', () => {
    const line = JSON.parse(JSON.stringify(lineOf(whole)))
    const share = expect.toSatisfy(v => v >= 0 && v <= 1)
    const open = { rank1: share, rank5: share, map: share, auc: share, tar: share, tar2: share }
    const groups = { all: share, many: share, medium: share, few: share }
    const angle = expect.toSatisfy(v => v >= 0 && v <= Math.PI)
    expect(line).toEqual({
      loss: 'normFace',
      protocol: 'controlled',
      seed: 0,
      net: 'convNet',
      dim: 8,
      p1: open,
      p2: open,
      closed: { ...groups, ncm: groups },
      angle: { many: angle, medium: angle, few: angle },
      trainSeconds: expect.any(Number),
      seconds: expect.any(Number),
    })
    expect(line.seconds).toBeGreaterThan(line.trainSeconds)
  })

  test('are judged along the way, and there as at the end', () => {
    expect(whole.evaluations.map(([step]) => step)).toEqual([15, 30])
    expect(whole.evaluations[1]).toEqual([30, whole.p1.rank1, whole.p1.map])
  })

  test('have curves that rise, classes with their sizes, and matches from other families, best first', () => {
    for (const { roc, tar, tar2 } of [whole.p1, whole.p2]) {
      for (let k = 1; k < roc.length; k++) {
        expect(roc[k][0]).toBeGreaterThan(roc[k - 1][0])
        expect(roc[k][1]).toBeGreaterThanOrEqual(roc[k - 1][1])
      }
      expect(roc.find(([far]) => far === 1e-3)?.[1]).toBe(tar)
      expect(roc.find(([far]) => far === 1e-2)?.[1]).toBe(tar2)
      expect(roc.at(-1)).toEqual([1, 1])
    }
    expect(whole.classes.reduce((n, c) => n + c.size, 0)).toBe(502)
    expect(whole.matches.length).toBe(8)
    for (const { query, found } of whole.matches) {
      expect(found.length).toBe(10)
      for (const { image, right } of found) {
        expect(set.family[image]).not.toBe(set.family[query])
        expect(right).toBe(set.identity[image] === set.identity[query])
      }
    }
    const firsts = whole.matches.filter(({ found }) => found[0].right).length
    expect(firsts).toBeGreaterThan(0)
  })

  test(
    'are the same again with one thread or three, and others with another seed',
    async () => {
      for (const threads of [1, 3]) {
        setThreads(threads)
        expect(timeless((await run(set, job)).run)).toEqual(timeless(whole))
      }
      const other = (await run(set, { ...job, seed: 1 })).run
      expect(other.curve).not.toEqual(whole.curve)
    },
    LIMIT,
  )
})

const SETTINGS: readonly [string, string][] = [
  ['learned prototypes', '--loss normFace --evaluate-every 7'],
  ['previous centres after learned prototypes, augmented', '--loss irSphereFace-previous-learned1 --augment'],
  ['logit adjustment, every identity alike', '--loss irCosFace-tau1 --sampling class-aware'],
  ['weights that count late, prototypes learned anew', '--loss cosFace-drw-crt'],
]

describe.each(SETTINGS)('%s', (name, line) => {
  test(
    'stopped anywhere and resumed end with the same figures, to the last bit',
    async () => {
      const job = jobsFor(set, `${line} ${SMALL}`)[0]
      const expected = timeless((await run(set, job)).run)
      for (const stop of [4, 15, 22]) {
        const checkpoints = join(folder, `${name}-${stop}`)
        const first = await run(set, job, { checkpoints, onStep: step => step < stop })
        expect(first.run.steps).toBe(stop)
        expect(readdirSync(checkpoints)).toHaveLength(1)
        const steps: number[] = []
        const second = await run(set, job, {
          checkpoints,
          resume: true,
          onStep: step => steps.push(step) > 0,
        })
        expect(steps).toEqual(Array.from({ length: STEPS - stop }, (_, k) => stop + 1 + k))
        expect(timeless(second.run)).toEqual(expected)
        expect(second.run.trainSeconds).toBeGreaterThan(first.run.trainSeconds)
      }
    },
    LIMIT,
  )
})

test(
  'a checkpoint is left at the end of each epoch; another job does not take it, and without resume nobody does',
  async () => {
    const job = jobsFor(set, `--loss normFace ${SMALL}`)[0]
    const checkpoints = join(folder, 'epochs')
    const seen: number[] = []
    await run(set, job, {
      checkpoints,
      onStep(step) {
        // Called before the step's own checkpoint is written.
        let files = 0
        try {
          files = readdirSync(checkpoints).length
        } catch {}
        if (files > 0) seen.push(step)
        return step < 20
      },
    })
    expect(seen[0]).toBe(STEPS / 2 + 1)
    const from = async (other: typeof job, resume: boolean): Promise<number> => {
      let first = 0
      await run(set, other, {
        checkpoints,
        resume,
        onStep(step) {
          first = step
          return false
        },
      })
      return first
    }
    expect(await from({ ...job, augment: true }, true)).toBe(1)
    expect(await from(job, false)).toBe(1)
  },
  LIMIT,
)

test(
  'runs in processes of their own give what they give alone, however many run at once',
  async () => {
    const jobs = jobsFor(set, `--loss normFace,irNormFace --seeds 0,1 ${SMALL}`)
    const listener = { started() {}, step() {}, ended() {} }
    // The loader of TypeScript, which the processes would inherit from a main one.
    vi.stubEnv('NODE_OPTIONS', `${process.env.NODE_OPTIONS ?? ''} --import tsx`)
    const all = async (parallel: number) => {
      const options = { worker: WORKER, args: [join(folder, `workers-${parallel}`)], parallel, listener }
      const outcomes = await runAll<(typeof jobs)[number], Result>(jobs, {
        ...options,
        signal: new AbortController().signal,
      })
      return outcomes.map(({ run, error }) => error ?? (run && timeless(run)))
    }
    const [one, three] = [await all(1), await all(3)]
    vi.unstubAllEnvs()
    expect(one).toEqual(three)
    expect(one[2]).toEqual(timeless((await run(set, jobs[2])).run))
  },
  LIMIT,
)

test(
  'variants that differ in what comes after the training share one, and are what they are alone',
  async () => {
    const [plain, means] = jobsFor(set, `--loss normFace,normFace-means ${SMALL}`)
    const alone = timeless((await run(set, means)).run)
    const checkpoints = join(folder, 'shared')
    await run(set, plain, { checkpoints })
    let steps = 0
    const { run: shared } = await run(set, means, {
      checkpoints,
      resume: true,
      onStep: () => ++steps > 0,
    })
    expect(steps).toBe(0)
    expect(timeless(shared)).toEqual(alone)
    expect(shared.closed.all).toBeCloseTo(shared.closed.ncm.all, 12)
  },
  LIMIT,
)
