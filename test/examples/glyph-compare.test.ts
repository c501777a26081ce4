import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { compare } from '../../examples/glyph-reid/train/compare.ts'
import type { Run } from '../../examples/glyph-reid/train/results.ts'
import { parse, patternSet, timeless } from './glyphTraining.ts'

const set = patternSet()
const worker = new URL('./glyphWorker.ts', import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'glyph-compare-'))
const LIMIT = 300_000
const LOSS = '--loss normFace,irNormFace-previous'
const SMALL = '--dim 8 --batch 32 --epochs 2'

beforeAll(() => {
  // The loader of TypeScript, which the processes would inherit from a main one.
  vi.stubEnv('NODE_OPTIONS', `${process.env.NODE_OPTIONS ?? ''} --import tsx`)
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** Runs a command line; `onError` sees each text for standard error. */
async function start(line: string, onError: (text: string, abort: () => void) => void = () => {}) {
  const controller = new AbortController()
  let [out, error] = ['', '']
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(text => {
      out += `${text}\n`
    }),
    vi.spyOn(console, 'error').mockImplementation(text => {
      error += `${text}\n`
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation(text => {
      error += text
      onError(error, () => controller.abort())
      return true
    }),
  ]
  try {
    const code = await compare(parse(line), { set, worker, signal: controller.signal })
    return { code, out, error }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

const resultsIn = (out: string): { runs: Run[]; partial: string[] } =>
  JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'))
const runsIn = (out: string): number =>
  readFileSync(join(out, 'runs.jsonl'), 'utf8').split('\n').filter(Boolean).length

describe('a comparison', () => {
  const a = join(folder, 'a')
  let first: Awaited<ReturnType<typeof start>>

  beforeAll(async () => {
    first = await start(`${LOSS} ${SMALL} --json --jobs 2 --out ${a}`)
  }, LIMIT)

  test('prints a line of JSON a run, in order, and leaves report, figures, runs and checkpoints', () => {
    expect(first.code).toBe(0)
    const lines = first.out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines.map(line => line.loss)).toEqual(['normFace', 'irNormFace-previous'])
    const { runs, partial } = resultsIn(a)
    expect(partial).toEqual([])
    expect(runs.map(run => run.p1.rank1)).toEqual(lines.map(line => line.p1.rank1))
    expect(readdirSync(a).sort()).toEqual(['checkpoints', 'index.html', 'results.json', 'runs.jsonl'])
    expect(readdirSync(join(a, 'checkpoints'))).toHaveLength(2)
    expect(readFileSync(join(a, 'index.html'), 'utf8')).toContain('IR-NormFace')
    expect(first.error).toContain('NormFace, seed 0: done')
  })

  test(
    'with --resume takes what is there, and trains only what is not',
    async () => {
      const again = await start(`${LOSS},normFace-x1 ${SMALL} --resume --json --out ${a}`)
      expect(again.code).toBe(0)
      expect(again.out.split('\n').slice(0, 2)).toEqual(first.out.split('\n').slice(0, 2))
      expect(again.error).not.toContain('NormFace, seed 0: started')
      expect(again.error).toContain('NormFace x1, seed 0: started')
      expect(runsIn(a)).toBe(3)
      expect(resultsIn(a).runs.map(run => run.loss)).toEqual([
        'normFace',
        'irNormFace-previous',
        'normFace-x1',
      ])
    },
    LIMIT,
  )

  test(
    'stopped early leaves a partial report, and resumed the figures of one that was not',
    async () => {
      const b = join(folder, 'b')
      const stopped = await start(`${LOSS} ${SMALL} --jobs 1 --out ${b}`, (error, abort) => {
        if (/NormFace, seed 0: \d+\/30/.test(error)) abort()
      })
      expect(stopped.code).toBe(130)
      expect(stopped.error).toMatch(/NormFace, seed 0: stopped at step \d+ of 30/)
      expect(stopped.error).toContain('partial report (0 of 2 runs done)')
      // Half trained: not in the table.
      expect(stopped.out).toBe('')
      const { runs, partial } = resultsIn(b)
      expect(runs.map(run => run.loss)).toEqual(['normFace'])
      expect(runs[0].steps).toBeLessThan(30)
      expect(partial[0]).toMatch(/^NormFace, seed 0 \(stopped at step \d+ of 30\)/)
      expect(partial[1]).toBe('IR-NormFace previous, seed 0 (stopped at step 0 of 30)')

      const resumed = await start(`${LOSS} ${SMALL} --resume --out ${b}`)
      expect(resumed.code).toBe(0)
      expect(resumed.out).toContain('| IR-NormFace previous')
      const whole = resultsIn(a).runs.slice(0, 2)
      expect(resultsIn(b).runs.map(timeless)).toEqual(whole.map(timeless))
    },
    LIMIT,
  )

  test(
    'a run that fails says why, and leaves a report without it',
    async () => {
      const c = join(folder, 'c')
      // Batches of 7 do not hold 4 images of each identity.
      const failed = await start(`--loss normFace --dim 8 --batch 7 --epochs 1 --sampling pk --out ${c}`)
      expect(failed.code).toBe(1)
      expect(failed.error).toContain('identityBalanced: samples that divide the batch of 7 expected, got 4')
      expect(resultsIn(c)).toMatchObject({ runs: [], partial: [expect.stringContaining('identityBalanced')] })
    },
    LIMIT,
  )
})
