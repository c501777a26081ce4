import { describe, expect, test } from 'vitest'
import { command, jobsOf, type Options } from '../../examples/paper/options.ts'
import { settingNames } from '../../examples/paper/settings.ts'
import { helpOf } from '../support/helpOf.ts'

const parse = (line: string): Options =>
  command()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parse(line.split(' ').filter(Boolean), { from: 'user' })
    .opts<Options>()

describe('options', () => {
  test('the defaults are the figure: four settings, five seeds', () => {
    const { jobs, ...rest } = parse('')
    expect(jobs).toBeGreaterThanOrEqual(1)
    expect(rest).toEqual({
      losses: ['softmaxBalanced', 'softmax', 'sphereFace', 'irSphereFace'],
      seeds: [0, 1, 2, 3, 4],
      steps: 360,
      out: 'report/paper',
      json: false,
      resume: false,
      backend: 'auto',
    })
  })

  test('jobs stand seed by seed', () => {
    const jobs = jobsOf(parse('--losses sphereFace,softmax --seeds 4,0 --steps 7 --backend reference'))
    expect(jobs.map(({ loss, seed }) => `${seed} ${loss}`)).toEqual([
      '4 sphereFace',
      '4 softmax',
      '0 sphereFace',
      '0 softmax',
    ])
    expect(jobs[0]).toEqual({ loss: 'sphereFace', seed: 4, steps: 7, backend: 'reference' })
  })

  test.each([
    ['--losses sphereface', '"sphereface" is not a loss. Did you mean sphereFace?'],
    ['--losses ,', '"" is not a loss'],
    ['--seeds 0,x', 'got "x"'],
    ['--steps 0', 'An integer >= 1 expected'],
    ['--epochs 3', /unknown option '--epochs'/],
    ['extra', 'too many arguments'],
  ])('%s is refused', (line, message) => {
    expect(() => parse(line)).toThrow(message)
  })

  test('the help names every loss, and says in which units figures are', () => {
    const text = helpOf(command())
    for (const expected of [...settingNames, '--resume', 'in radians', '0 to 1', 'Ctrl-C', 'npm run paper']) {
      expect(text).toContain(expected)
    }
  })
})
