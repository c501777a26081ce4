import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Job, Result, Results } from '../../examples/paper/results.ts'
import { type Ended, type OnError, startMain } from './support/startMain.ts'

const folder = mkdtempSync(join(tmpdir(), 'paper-'))
// Seconds where nothing else runs; the rest is for machines that are busy.
const LIMIT = 300_000

const start = (args: string[], onError?: OnError): Promise<Ended> =>
  startMain('examples/paper/main.ts', args, onError)
const small = ['--losses', 'softmax,irSphereFace', '--seeds', '0', '--steps', '4']
const read = (name: string, file: string): string => readFileSync(join(folder, name, file), 'utf8')
const resultsIn = (name: string): Results => JSON.parse(read(name, 'results.json')) as Results
const timeless = (results: Results): unknown => ({
  ...results,
  runs: results.runs.map(run => ({ ...run, seconds: 0 })),
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('four steps of two losses', () => {
  let [first, second] = [] as Ended[]

  beforeAll(async () => {
    first = await start([...small, '--json', '--jobs', '2', '--out', join(folder, 'a')])
    second = await start([...small, '--jobs', '1', '--out', join(folder, 'b')])
  }, LIMIT)

  test('give the same figures again but for the times, however many run at once', () => {
    expect([first.code, second.code]).toEqual([0, 0])
    expect(timeless(resultsIn('a'))).toEqual(timeless(resultsIn('b')))
  })

  test('with --json a line a run, in their order, and nothing else on standard output', () => {
    const lines = first.out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines.map(line => [line.loss, line.seed])).toEqual([
      ['softmax', 0],
      ['irSphereFace', 0],
    ])
    for (const line of lines) {
      expect(Object.keys(line)).toEqual(['loss', 'seed', 'balanced', 'accuracy', 'ncm', 'angle', 'seconds'])
      expect([line.accuracy.length, line.ncm.length, line.angle.length]).toEqual([10, 10, 10])
    }
  })

  test('without it prints the tables; progress goes to standard error alone', () => {
    expect(second.out).toMatch(/^loss +seed +balanced/)
    expect(second.out).toMatch(/\npush \/ pull +head, early/)
    expect(second.error).toContain('softmax, seed 0: done')
    expect(second.out).not.toContain('started')
  })

  test('accuracies and angles are those of the points, weights and centres', () => {
    const { job, run, points } = read('a', 'runs.jsonl')
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as { job: Job } & Result)
      .find(entry => entry.job.loss === 'softmax')!
    expect(job.steps).toBe(4)
    const [right, all] = [new Array(10).fill(0), new Array(10).fill(0)]
    for (const [i, digit] of points.y.entries()) {
      let [best, most] = [-1, Number.NEGATIVE_INFINITY]
      for (const [k, { weight }] of run.classes.entries()) {
        const logit = weight[0] * points.x[2 * i] + weight[1] * points.x[2 * i + 1]
        if (logit > most) [best, most] = [k, logit]
      }
      all[digit]++
      if (best === digit) right[digit]++
    }
    for (const [k, { accuracy, trainSize }] of run.classes.entries()) {
      // Points are kept to five digits: an image that lies on the border of two classes may change sides.
      expect(Math.abs(right[k] - accuracy * all[k])).toBeLessThan(2)
      expect(trainSize).toBe(k === 3 ? 35 : 690)
    }
    const mean = run.classes.reduce((total, c) => total + c.accuracy, 0) / 10
    // The same sum of ten numbers below 1.
    expect(run.balanced).toBeCloseTo(mean, 14)
    for (const { weight, centre, angle } of run.classes) {
      const between = Math.abs(Math.atan2(weight[1], weight[0]) - Math.atan2(centre[1], centre[0]))
      // The angle is to the mean of x / ‖x‖, the centre that is kept the mean of x: after four steps images of a
      // class still have alike lengths.
      expect(Math.abs(Math.min(between, 2 * Math.PI - between) - angle)).toBeLessThan(0.1)
    }
  })

  test('the strengths have a value a step', () => {
    for (const { strengths } of resultsIn('a').runs) {
      for (const { pull, push } of [strengths!.head, strengths!.tail]) {
        expect([pull.length, push.length]).toEqual([4, 4])
        expect([...pull, ...push].every(v => v >= 0 && v < 1e3)).toBe(true)
      }
    }
  })

  test('the report is whole in itself, with its pictures', () => {
    const html = read('a', 'index.html')
    expect(html.match(/<svg[^>]*role="img"/g)?.length).toBe(4)
    expect(html).not.toMatch(/<script|<link|src=|href=|url\(|NaN|undefined/)
    expect(readdirSync(join(folder, 'a')).sort()).toEqual(['index.html', 'results.json', 'runs.jsonl'])
  })

  test('--resume takes what is done from the folder, and half a line for nothing', {
    timeout: LIMIT,
  }, async () => {
    appendFileSync(join(folder, 'a', 'runs.jsonl'), '{"job": {"loss": "sof')
    const more = [...small, '--losses', 'softmax,sphereFace', '--resume', '--out', join(folder, 'a')]
    const { code, error } = await start(more)
    expect(code).toBe(0)
    expect(error).not.toContain('softmax, seed 0: started')
    expect(error).toContain('A-Softmax, seed 0: started')
    const { runs } = resultsIn('a')
    expect(runs.map(run => run.loss)).toEqual(['softmax', 'sphereFace'])
    expect(runs[0].classes).toEqual(resultsIn('b').runs[0].classes)
    expect(read('a', 'index.html').match(/<figcaption>[^<]*“3”/g)?.length).toBe(3)
  })
})

test(
  'Ctrl-C leaves a report of the runs that are done, marked as partial',
  async () => {
    const args = ['--losses', 'sphereFace', '--seeds', '0', '--steps', '500', '--jobs', '1']
    const { code, out } = await start(
      [...args, '--json', '--out', join(folder, 'c')],
      (text, interrupt) => text.includes('started') && setTimeout(interrupt, 8000),
    )
    expect([code, out]).toEqual([130, ''])
    const { runs, unfinished } = resultsIn('c')
    expect(runs).toEqual([])
    expect(unfinished).toEqual([{ loss: 'sphereFace', seed: 0, step: expect.any(Number) }])
    expect(read('c', 'index.html')).toContain('Partial report')
  },
  LIMIT,
)

test('errors of options and folders come before the work', { timeout: LIMIT }, async () => {
  const unknown = await start(['--losses', 'sphereface', '--out', join(folder, 'd')])
  expect(unknown.code).toBe(1)
  expect(unknown.error).toContain('Did you mean sphereFace?')
  expect(readdirSync(folder)).not.toContain('d')
  const taken = join(folder, 'file')
  writeFileSync(taken, '')
  const { code, error } = await start(['--out', taken])
  expect(code).toBe(1)
  expect(error).toContain('error: --out: a folder expected')
  expect(error).not.toContain('started')
})
