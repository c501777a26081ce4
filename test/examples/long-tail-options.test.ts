import { describe, expect, test } from 'vitest'
import { lossNames } from '../../examples/long-tail/losses.ts'
import { command, jobsOf, type Options } from '../../examples/long-tail/options.ts'
import { helpOf } from '../support/helpOf.ts'

const parse = (line: string): Options =>
  command()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parse(line.split(' ').filter(Boolean), { from: 'user' })
    .opts<Options>()

describe('options', () => {
  test('the defaults are the protocol: four losses, one seed, 1000 steps, imbalance 100, two dimensions', () => {
    const { jobs, ...rest } = parse('')
    expect(jobs).toBeGreaterThanOrEqual(1)
    expect(rest).toEqual({
      losses: ['normFace', 'irNormFace', 'cosFace', 'irCosFace'],
      seeds: [0],
      steps: 1000,
      imbalance: 100,
      dim: 2,
      out: 'report',
      backend: 'auto',
    })
  })

  test('lists are split at commas, and each entry counts once', () => {
    const options = parse(
      '--losses irCosFace,softmax,irCosFace --seeds 4,0,4 --steps 7 --imbalance 2.5 --json',
    )
    expect(options).toMatchObject({
      losses: ['irCosFace', 'softmax'],
      seeds: [4, 0],
      imbalance: 2.5,
      json: true,
    })
    expect(jobsOf(options).map(job => `${job.seed} ${job.loss} ${job.steps}`)).toEqual([
      '4 irCosFace 7',
      '4 softmax 7',
      '0 irCosFace 7',
      '0 softmax 7',
    ])
  })

  test('every loss of the registry can be named', () => {
    expect(parse(`--losses ${lossNames.join(',')}`).losses).toEqual(lossNames)
  })

  const errors: [string, string | RegExp][] = [
    ['--losses cosface', '"cosface" is not a loss. Did you mean cosFace?'],
    ['--losses normFace,irCosFaec', 'Did you mean irCosFace?'],
    ['--losses ,', '"" is not a loss'],
    ['--step 3', /unknown option '--step'\s+\(Did you mean --steps\?\)/],
    ['--imbalence 3', /Did you mean --imbalance\?/],
    ['--steps 0', 'An integer >= 1 expected'],
    ['--steps 1e3', "argument '1e3' is invalid. An integer >= 1 expected"],
    ['--steps -4', 'An integer >= 1 expected'],
    ['--dim 1', 'An integer >= 2 expected'],
    ['--jobs 1.5', 'An integer >= 1 expected'],
    ['--imbalance 0.5', 'A number >= 1 expected'],
    ['--imbalance ten', 'A number >= 1 expected'],
    ['--imbalance Infinity', 'A number >= 1 expected'],
    ['--seeds 0,,1', 'Seeds are integers from 0 to 2147483647, got ""'],
    ['--seeds 0,x', 'got "x"'],
    ['--seeds 99999999999', 'got "99999999999"'],
    ['--backend cuda', /Allowed choices are auto, wasm, reference, wasm-fma/],
    ['--steps', 'argument missing'],
    ['extra', 'too many arguments'],
  ]
  test.each(errors)('%s is refused', (line, message) => {
    expect(() => parse(line)).toThrow(message)
  })

  test('the help says what the figures are and in which units', () => {
    const text = helpOf(command())
    for (const expected of [
      '--seeds',
      'angleTail',
      'in radians',
      '0 to 1',
      'Ctrl-C',
      'npm start -- --losses',
      'irArcFace',
    ]) {
      expect(text).toContain(expected)
    }
  })
})
