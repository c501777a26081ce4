import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Figures, Results } from '../../examples/long-tail/results.ts'
import { type OnError, startMain } from './support/startMain.ts'

const folder = mkdtempSync(join(tmpdir(), 'long-tail-'))
// Seconds where nothing else runs; the rest is for machines that are busy.
const LIMIT = 300_000

const start = (args: string[], onError?: OnError) => startMain('examples/long-tail/main.ts', args, onError)

const small = ['--losses', 'normFace,irNormFace', '--steps', '2']
const resultsIn = (name: string): Results =>
  JSON.parse(readFileSync(join(folder, name, 'results.json'), 'utf8')) as Results
const pageIn = (name: string): string => readFileSync(join(folder, name, 'index.html'), 'utf8')
const timeless = (results: Results): unknown => ({
  ...results,
  runs: results.runs.map(run => ({ ...run, seconds: 0 })),
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('the main job, two steps of two losses', () => {
  let first: Awaited<ReturnType<typeof start>>
  let second: typeof first

  beforeAll(async () => {
    first = await start([...small, '--json', '--jobs', '2', '--out', join(folder, 'a')])
    second = await start([...small, '--jobs', '1', '--out', join(folder, 'b')])
  }, LIMIT)

  test('gives the same figures again but for the times, however many run at once', () => {
    expect([first.code, second.code]).toEqual([0, 0])
    expect(timeless(resultsIn('a'))).toEqual(timeless(resultsIn('b')))
    expect(resultsIn('a')).toMatchObject({ partial: false, unfinished: [] })
  })

  test('with --json prints a line a run, and nothing else', () => {
    const lines = first.out
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Figures)
    expect(lines.map(line => [line.loss, line.seed])).toEqual([
      ['normFace', 0],
      ['irNormFace', 0],
    ])
    for (const line of lines) {
      expect(Object.keys(line)).toEqual([
        'loss',
        'seed',
        'accuracy',
        'tail',
        'ncm',
        'angleHead',
        'angleTail',
        'seconds',
      ])
      for (const share of [line.accuracy, line.tail, line.ncm]) expect(share >= 0 && share <= 1).toBe(true)
      for (const angle of [line.angleHead, line.angleTail]) expect(angle >= 0 && angle <= Math.PI).toBe(true)
    }
  })

  test('without it prints the table; progress goes to standard error alone', () => {
    expect(second.out).toMatch(/^loss +seed +balanced acc\./)
    expect(second.out).toContain('IR-NormFace against NormFace')
    expect(second.error).toContain('NormFace, seed 0: done')
    expect(second.out).not.toContain('started')
  })

  test('the figures are means of those of the classes', () => {
    for (const run of resultsIn('a').runs) {
      expect(run.classes.map(c => c.trainSize)).toEqual([690, 420, 252, 151, 90, 54, 33, 19, 12, 7])
      const mean = (f: number[]): number => f.reduce((a, b) => a + b) / f.length
      // The same sums of ten numbers below 4, perhaps in another order.
      expect(run.accuracy).toBeCloseTo(mean(run.classes.map(c => c.accuracy)), 14)
      expect(run.tail).toBeCloseTo(mean(run.classes.slice(6).map(c => c.accuracy)), 14)
      expect(run.ncm).toBeCloseTo(mean(run.classes.map(c => c.ncm)), 14)
      expect(run.angleHead).toBeCloseTo(mean(run.classes.slice(0, 4).map(c => c.angle)), 14)
      expect(run.angleTail).toBeCloseTo(mean(run.classes.slice(6).map(c => c.angle)), 14)
    }
  })

  test('the report is whole in itself, with its pictures', () => {
    const html = pageIn('a')
    expect(html.match(/<svg[^>]*role="img"/g)?.length).toBe(5)
    expect(html).not.toMatch(/<script|<link|src=|href=|url\(|NaN|undefined/)
    expect(html).not.toContain('Partial report')
    expect(readdirSync(join(folder, 'a')).sort()).toEqual(['index.html', 'results.json'])
  })
})

test(
  'Ctrl-C ends the training where it is and leaves a report of that, marked as partial',
  async () => {
    const { code, out } = await start(
      [...small, '--steps', '50', '--seeds', '0,1', '--jobs', '1', '--json', '--out', join(folder, 'c')],
      (text, kill) => text.includes('/50, loss') && kill(),
    )
    expect([code, out]).toEqual([130, ''])
    const { partial, runs, unfinished } = resultsIn('c')
    expect(partial).toBe(true)
    expect(runs.map(run => run.loss)).toEqual(['normFace'])
    expect(runs[0].steps).toBeGreaterThan(0)
    expect(runs[0].steps).toBeLessThan(50)
    expect(unfinished).toEqual([
      { loss: 'irNormFace', seed: 0, step: 0 },
      { loss: 'normFace', seed: 1, step: 0 },
      { loss: 'irNormFace', seed: 1, step: 0 },
    ])
    expect(pageIn('c')).toContain('Partial report')
    expect(pageIn('c')).toContain(`NormFace, seed 0 (step ${runs[0].steps})`)
    expect(readdirSync(join(folder, 'c')).sort()).toEqual(['index.html', 'results.json'])
  },
  LIMIT,
)

test(
  'a bad option ends it before anything is written',
  async () => {
    const { code, out, error } = await start(['--losses', 'arcface', '--out', join(folder, 'd')])
    expect([code, out]).toEqual([1, ''])
    expect(error).toContain('Did you mean arcFace?')
    expect(readdirSync(folder)).not.toContain('d')
  },
  LIMIT,
)

test(
  'a folder that cannot be made is said before the work, not after it',
  async () => {
    const taken = join(folder, 'file')
    writeFileSync(taken, '')
    const { code, error } = await start(['--out', taken])
    expect(code).toBe(1)
    expect(error).toContain('error: --out: a folder expected')
    expect(error).not.toContain('started')
  },
  LIMIT,
)
