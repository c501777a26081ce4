import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { mistakesOf } from '../../examples/faces/mistakes.ts'
import { jobsOf, parseOptions } from '../../examples/faces/options.ts'
import type { Results } from '../../examples/faces/results.ts'
import { meansOf } from '../../examples/faces/run.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'
import { type Ended, startMain } from './support/startMain.ts'

// Half a minute where nothing else runs; the rest is for machines that are busy.
const LIMIT = 600_000

describe('npm run faces -- --quick, of one epoch', () => {
  const folder = temporaryFolder()
  const start = (...args: string[]): Promise<Ended> =>
    startMain('examples/faces/main.ts', ['--quick', '--set', join(folder, 'set'), '--epochs', '1', ...args])
  let [first, again] = [] as Ended[]

  beforeAll(async () => {
    first = await start('--out', join(folder, 'a'), '--losses', 'irCosFace,cosFace')
    again = await start(
      '--out',
      join(folder, 'b'),
      '--losses',
      'irCosFace',
      '--rate',
      '1',
      '--json',
      '--jobs',
      '1',
    )
  }, LIMIT)

  test('draws, trains, prints a table and writes a report', () => {
    expect(first.code, first.error).toBe(0)
    expect(first.out).toMatch(/^loss +seed +accuracy/)
    expect(first.error).toMatch(/^pictures, part 1 of \d+: \d+\/\d+, \d+\.\d pictures\/s, /m)
    const page = readFileSync(join(folder, 'a', 'index.html'), 'utf8')
    expect(page).toContain('IR-CosFace: what it gets wrong')
    expect(page).toContain('<img alt="a picture of person 0" src="data:image/jpeg;base64,')
    const { runs } = JSON.parse(readFileSync(join(folder, 'a', 'results.json'), 'utf8')) as Results
    const [ir, learned] = runs
    expect([ir.trained, learned.trained]).toEqual([0, 50 * 64])
    for (const { accuracy, auc, rates, mistakes } of runs) {
      for (const share of [accuracy, auc, ...rates.map(rate => rate.tar)]) {
        expect(share).toBeGreaterThanOrEqual(0)
        expect(share).toBeLessThanOrEqual(1)
      }
      expect(rates.map(rate => rate.allowed)).toEqual([20, 2, 0])
      expect(mistakes.length).toBeGreaterThan(0)
    }
  })

  test('does not draw again, and gives the same figures again', () => {
    expect(again.code, again.error).toBe(0)
    expect(again.error).not.toContain('pictures')
    const [ir] = (JSON.parse(readFileSync(join(folder, 'a', 'results.json'), 'utf8')) as Results).runs
    const { accuracy, auc, rates } = JSON.parse(again.out)
    expect({ accuracy, auc, rates }).toEqual({ accuracy: ir.accuracy, auc: ir.auc, rates: ir.rates })
  })
})

test('options: --quick is small where nothing else is asked for', () => {
  expect(parseOptions(['--quick'])).toMatchObject({ net: 'tiny', batch: 32, out: 'report/faces-quick' })
  expect(parseOptions(['--quick', '--net', 'irNet18', '--out', 'x'])).toMatchObject({
    net: 'irNet18',
    out: 'x',
  })
  expect(parseOptions([])).toMatchObject({ net: 'mobileFaceNet', batch: 64, rate: 0.1 })
  const jobs = jobsOf(parseOptions(['--seeds', '0,1', '--epochs', '2']))
  expect(jobs.map(({ loss, seed, steps }) => [loss, seed, steps])).toEqual([
    ['cosFace', 0, Math.ceil((2 * 26274) / 64)],
    ['irCosFace', 0, Math.ceil((2 * 26274) / 64)],
    ['cosFace', 1, Math.ceil((2 * 26274) / 64)],
    ['irCosFace', 1, Math.ceil((2 * 26274) / 64)],
  ])
})

test('mistakes are the pairs furthest on the wrong side of their own fold', () => {
  const pairs = [true, true, false, false, true].map(same => ({ a: 0, b: 0, same }))
  const folds = Int32Array.from([0, 1, 0, 1, 0])
  const found = mistakesOf([0.5, 0.5, 0.7, 0.3, 0.1], { pairs, folds } as never, [
    { threshold: 0.6 },
    { threshold: 0.4 },
  ])
  expect(found.map(({ pair, by }) => [pair, Math.round(10 * by)])).toEqual([
    [4, 5],
    [0, 1],
    [2, 1],
  ])
})

test('a curve has the means of runs of neighbours', () => {
  expect(meansOf([1, 2, 3, 4, 5, 6], 3)).toEqual([1.5, 3.5, 5.5])
  expect(meansOf([1, 2], 5)).toEqual([1, 2])
})
