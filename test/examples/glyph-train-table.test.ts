import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Job, Result, Run } from '../../examples/glyph-reid/train/results.ts'
import { gainIn, gains } from '../../examples/glyph-reid/train/summary.ts'
import { table } from '../../examples/glyph-reid/train/table.ts'
import { ledgerIn } from '../../examples/jobs/ledger.ts'
import { glyphRun } from './glyphRuns.ts'
import { jobsFor, patternSet } from './glyphTraining.ts'

const runOf = (loss: string, seed: number, few: number): Run => {
  const run = glyphRun(loss, seed)
  return { ...run, closed: { ...run.closed, few } }
}
const few = (run: { closed: { few: number } }): number => run.closed.few

describe('what class centres change', () => {
  const runs = [
    runOf('cosFace-x1', 0, 0.1),
    runOf('cosFace', 0, 0.4),
    runOf('cosFace', 1, 0.5),
    runOf('irCosFace-previous', 0, 0.6),
    runOf('irCosFace-previous', 1, 0.45),
    runOf('irNormFace', 0, 0.9),
  ]

  test('is paired by margin and seed, the largest rate first', () => {
    const all = gains(runs)
    expect(all.map(({ ir, learned, pairs }) => [ir, learned, pairs.length])).toEqual([
      ['irCosFace-previous', 'cosFace', 2],
      ['irCosFace-previous', 'cosFace-x1', 1],
    ])
    const { mean, wins } = gainIn(all[0], few)
    expect(mean).toBeCloseTo(0.075)
    expect(wins).toBe(1)
  })

  test('stands in the table below the means, in points with the seeds', () => {
    const [means, changes] = table(runs)
      .split('\n\n')
      .map(block =>
        block.split('\n').map(line =>
          line
            .split('|')
            .map(cell => cell.trim())
            .slice(1, -1),
        ),
      )
    const cell = (block: string[][], row: string, column: string): string | undefined =>
      block.find(cells => cells[0] === row)?.[block[0].indexOf(column)]
    expect(cell(means, 'CosFace', 'W few')).toBe('45.0')
    expect(cell(means, 'CosFace x1', 'W few')).toBe('10.0')
    expect(cell(means, 'IR-CosFace previous', 'W few')).toBe('52.5')
    expect(cell(changes, 'IR-CosFace previous − CosFace', 'W few')).toBe('+7.5 (1/2)')
    expect(new Set([...means, ...changes].map(cells => cells.length)).size).toBe(2)
  })

  test('what cannot be told is a dash', () => {
    expect(table([runOf('cosFace', 0, Number.NaN)])).toMatch(/\| +– \|/)
  })
})

describe('the ledger of runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glyph-ledger-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('has what was done, the newest of a job, also NaN and after half a line', () => {
    const path = join(folder, 'runs.jsonl')
    const [a, b] = jobsFor(patternSet(), '--loss cosFace --seeds 0,1 --batch 32')
    const run = runOf('cosFace', 0, Number.NaN)
    const ledger = ledgerIn<Job, Result>(path)
    expect(ledger.find(a)).toBeUndefined()
    ledger.add({ job: a, step: 3, run: { ...run, steps: 1 } })
    appendFileSync(path, '{"job": {"loss": "co')
    ledger.add({ job: a, step: 3, run })
    const again = ledgerIn<Job, Result>(path)
    expect(again.find(a)).toEqual({ job: a, step: run.steps, run })
    expect(again.find(b)).toBeUndefined()
    expect(again.find({ ...a, augment: true })).toBeUndefined()
  })
})
