import { describe, expect, test } from 'vitest'
import type { Figures } from '../../examples/long-tail/results.ts'
import { gains, meanFigures } from '../../examples/long-tail/summary.ts'
import { table } from '../../examples/long-tail/table.ts'
import { partsOf, titleOf } from '../../examples/page/names.ts'

const run = (loss: string, seed: number, accuracy: number, tail: number): Figures => ({
  loss,
  seed,
  accuracy,
  tail,
  ncm: 0.5,
  angleHead: Math.PI / 6,
  angleTail: Math.PI / 2,
  seconds: 10,
})
const runs = [
  run('cosFace', 0, 0.5, 0.25),
  run('irCosFace', 0, 0.75, 0.125),
  run('cosFace', 1, 0.5, 0.25),
  run('irCosFace', 1, 0.5, 0.75),
  run('irCosFace', 2, 1, 1),
  run('irArcFace', 0, 1, 1),
]

describe('summary', () => {
  test('IR is set against its own margin, over the seeds that both have; a tie is no win', () => {
    expect(gains(runs)).toEqual([
      {
        ir: 'irCosFace',
        learned: 'cosFace',
        seeds: 2,
        accuracy: 0.125,
        tail: 0.1875,
        wins: { accuracy: 1, tail: 1 },
      },
    ])
  })

  test('means over the seeds', () => {
    expect(meanFigures(runs).map(({ loss, accuracy }) => [loss, accuracy])).toEqual([
      ['cosFace', 0.5],
      ['irCosFace', 0.75],
      ['irArcFace', 1],
    ])
  })

  test('the table shows percent and degrees, a row a run and a mean a loss', () => {
    const lines = table(runs).split('\n')
    expect(lines[2]).toMatch(/^CosFace +0 +50\.0 % +25\.0 % +50\.0 % +30\.0° +90\.0° +10\.0$/)
    expect(lines.filter(line => /^\S+ +mean /.test(line)).length).toBe(3)
    expect(lines.at(-1)).toBe(
      'IR-CosFace against CosFace: balanced +12.5 points (better in 1 of 2 seeds), tail +18.8 points (better in 1 of 2 seeds)',
    )
    expect(table(runs.slice(0, 2))).not.toMatch(/\n\S+ +mean /)
  })

  test('names', () => {
    expect(partsOf('irLSoftmax')).toEqual({ ir: true, family: 'lSoftmax' })
    expect(['normFace', 'irLSoftmax', 'irSphereFace'].map(titleOf)).toEqual([
      'NormFace',
      'IR-L-Softmax',
      'IR-SphereFace',
    ])
  })
})
