import { describe, expect, test } from 'vitest'
import { command, jobsOf } from '../../examples/glyph-reid/train/options.ts'
import { TABLES } from '../../examples/glyph-reid/train/tables.ts'
import { lossNames, nameOf, trainedAs, variantOf } from '../../examples/glyph-reid/train/variants.ts'
import { LOSSES } from '../../losses/index.ts'
import { helpOf } from '../support/helpOf.ts'
import { parse } from './glyphTraining.ts'

describe('options', () => {
  test('the defaults are the recipe of the controlled protocol', () => {
    const { jobs, ...rest } = parse('')
    expect(jobs).toBeGreaterThanOrEqual(1)
    expect(rest).toEqual({
      loss: ['normFace', 'irNormFace-previous'],
      seeds: [0],
      protocol: 'controlled',
      validation: false,
      fullGallery: false,
      net: 'convNet',
      dim: 64,
      epochs: 5,
      batch: 128,
      sampling: 'instances',
      augment: false,
      wRate: 30,
      centers: 'ema',
      learnedEpochs: 0,
      pull: 0,
      tau: 0,
      evaluateEvery: 0,
      table: false,
      resume: false,
      json: false,
      out: 'report/glyphs',
      backend: 'auto',
    })
  })

  test('what stands beside a loss goes into its name, each where the loss has it; the name decides', () => {
    const names = (line: string) => parse(line).loss
    expect(names('--loss cosFace,irCosFace --w-rate 1 --centers previous')).toEqual([
      'cosFace-x1',
      'irCosFace-previous',
    ])
    expect(names('--loss cosFace,cosFace-x30,cosFace-x7 --w-rate 1')).toEqual([
      'cosFace-x1',
      'cosFace',
      'cosFace-x7',
    ])
    expect(names('--loss irCosFace-ema,irCosFace --centers previous --tau 1 --learned-epochs 2')).toEqual([
      'irCosFace-learned2-tau1',
      'irCosFace-previous-learned2-tau1',
    ])
    expect(names('--loss cosFace,irCosFace-pull0,irCosFace-sphere --pull 2')).toEqual([
      'cosFace-pull2',
      'irCosFace',
      'irCosFace-sphere-pull2',
    ])
    expect(names('--loss irCosFace-tau1-previous')).toEqual(['irCosFace-previous-tau1'])
    expect(names('--loss cosFace,cosFace-x30')).toEqual(['cosFace'])
  })

  test('jobs come seed by seed, with the steps that the images make', () => {
    const options = parse('--loss cosFace,normFace --seeds 3,1 --epochs 2 --batch 10')
    const jobs = jobsOf(options, 109)
    expect(jobs.map(({ loss, seed, steps }) => `${seed} ${loss} ${steps}`)).toEqual([
      '3 cosFace 20',
      '3 normFace 20',
      '1 cosFace 20',
      '1 normFace 20',
    ])
    expect(() => jobsOf(options, 9)).toThrow(
      '--batch: at most the 9 images of the training set expected, got 10',
    )
  })

  test('a recipe is its loss, and its sampling unless another is given', () => {
    expect(parse('--recipe bnneck')).toEqual({
      ...parse(''),
      loss: ['softmax-smooth0.1-bnneck'],
      sampling: 'pk',
    })
    expect(parse('--recipe bnneck --sampling class-aware')).toMatchObject({
      loss: ['softmax-smooth0.1-bnneck'],
      sampling: 'class-aware',
    })
    expect(() => parse('--recipe bnneck --loss cosFace')).toThrow('--recipe or --loss expected, got both')
    expect(() => parse('--recipe bnneck --table')).toThrow('--recipe or --table expected, got both')
    expect(() => parse('--recipe neck')).toThrow('bnneck')
  })

  test('a table is its variants and seeds, going on with what is there', () => {
    expect(parse('--table')).toMatchObject({ ...of(TABLES.variants), resume: true })
    for (const [name, table] of Object.entries(TABLES)) {
      expect(parse(`--table ${name}`)).toMatchObject({ ...of(table), resume: true })
    }
    expect(parse('--table paper --seeds 5 --loss cosFace')).toMatchObject({ loss: ['cosFace'], seeds: [5] })
    expect(() => parse('--table 5')).toThrow(/Allowed choices are variants, paper, tail/)
  })

  const errors: [string, string | RegExp][] = [
    ['--loss cosface', '"cosface" is not a loss. Did you mean cosFace?'],
    ['--loss centerLoss', '"centerLoss" is not a loss'],
    [
      '--loss cosFace-previous',
      'x1, simplex, blend1, shrunk, uncertain, pull1, ir1, tau1, sampled1, corrected, smooth1, bnneck, drw, crt, lws, means, tauNorm1, posthoc1 expected after cosFace-, got "previous"',
    ],
    [
      '--loss irCosFace-x1',
      'ema, previous, sphere, subtractMean, learned1, shrunk, uncertain, pull1, tau1, sampled1, corrected, smooth1, bnneck, drw, means, posthoc1 expected after irCosFace-, got "x1"',
    ],
    ['--loss cosFace-', 'got ""'],
    ['--loss cosFace-shrunk', 'cosFace is not tried shrunk'],
    ['--loss irCosFace-learned1-shrunk', 'learned or shrunk expected, got both'],
    ['--protocol wild', /Allowed choices are natural, controlled/],
    ['--net vgg', /Allowed choices are convNet, resNet/],
    ['--sampling all', /Allowed choices are instances, pk, class-aware/],
    ['--centers now', /Allowed choices are ema, previous/],
    ['--epochs 0', 'An integer >= 1 expected'],
    ['--batch 1', 'An integer >= 2 expected'],
    ['--w-rate 0', 'A number > 0 expected'],
    ['--w-rate -1', 'A number >= 0 expected'],
    ['--pull -1', 'A number >= 0 expected'],
    ['--tau one', 'A number >= 0 expected'],
    ['--evaluate-every 1.5', 'An integer >= 0 expected'],
    [
      '--table tail --learned-epochs 2',
      'the variants of --table are as named; --loss expected with --learned-epochs',
    ],
    ['--seeds 0,x', 'got "x"'],
    ['--losses cosFace', /unknown option '--losses'\s+\(Did you mean --loss\?\)/],
    ['extra', 'too many arguments'],
  ]
  test.each(errors)('%s is refused', (line, message) => {
    expect(() => parse(line)).toThrow(message)
  })

  test('the help says what the figures are and in which units', () => {
    const text = helpOf(command())
    for (const expected of [
      'rank1',
      'in radians',
      'Ctrl-C',
      '--resume',
      'irArcFace',
      'cosFace-x1',
      '--table',
    ]) {
      expect(text).toContain(expected)
    }
    expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThanOrEqual(120)
  })
})

const of = ({ losses, seeds }: { losses: readonly string[]; seeds: readonly number[] }) => ({
  loss: losses,
  seeds,
})

describe('variants', () => {
  test('every margin loss of the registry is one, and a name that says all is shortened', () => {
    for (const name of lossNames) expect(nameOf(variantOf(name))).toBe(name)
    expect(lossNames.length).toBe(LOSSES.filter(row => row.margin !== 'none').length)
    expect(nameOf(variantOf('irCosFace-ema-learned0-pull0-tau0'))).toBe('irCosFace')
    expect(nameOf(variantOf('cosFace-x2.5-tau0.5'))).toBe('cosFace-x2.5-tau0.5')
  })

  test.each(Object.entries(TABLES))('the table %s names each once, as short as can be', (_, { losses }) => {
    expect(new Set(losses).size).toBe(losses.length)
    for (const name of losses) expect(nameOf(variantOf(name))).toBe(name)
  })

  test('a table names what is trained before what only classifies otherwise', () => {
    for (const { losses } of Object.values(TABLES)) {
      losses.forEach((name, i) => {
        if (trainedAs(name) !== name) expect(losses.slice(0, i)).toContain(trainedAs(name))
      })
    }
  })
})
