import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tensor } from '../../engine/index.ts'
import {
  arcFace,
  type CrossEntropyOptions,
  centerLoss,
  classBalancedWeights,
  classCenters,
  combinedMargin,
  cosFace,
  crossEntropy,
  dynamicMargins,
  irCosFace,
  LOSSES,
  type LossRow,
  ldamMargins,
  learned,
  lossByName,
  lSoftmax,
  marginLogits,
  marginLoss,
  marginSoftmax,
  plainLogits,
  sphereFace,
} from '../../losses/index.ts'
import { arcFaceMargin, cosFaceMargin } from '../../losses/margins/additive.ts'
import type { Angle } from '../../losses/margins/angle.ts'
import { named } from './support.ts'

const SIZES = { classes: 3, dim: 2 }
const EVERYWHERE = ['classes', 'dim', 'seed', 'dtype', 'backend', 'reduction', 'weight']
const CENTERS = [
  'estimator',
  'alpha',
  'refreshEvery',
  'subtractMean',
  'usePreviousCenters',
  'cumulativeMean',
  'differentiate',
  'learnedSteps',
]

/** All options that a row takes. */
function optionsOf(row: LossRow): string[] {
  if (row.name === 'centerLoss') return [...EVERYWHERE, 'alpha']
  const own = Object.keys(row.defaults).filter(name => !CENTERS.includes(name))
  const further: Record<string, string[]> = {
    sphereFace: ['s'],
    arcFace: ['beyondPi'],
    combinedMargin: ['beyondPi'],
  }
  const all = [
    ...EVERYWHERE,
    'logitAdjustment',
    'focalGamma',
    'labelSmoothing',
    'deferredSteps',
    ...own,
    ...(further[row.margin] ?? []),
  ]
  return row.prototypes === 'learned' ? all : [...all, ...CENTERS]
}

/** What f throws, as our errors begin. */
function errorOf(f: () => unknown): string {
  try {
    f()
  } catch (error) {
    expect((error as Error).constructor, String(error)).toBe(Error)
    return (error as Error).message
  }
  return 'none'
}

describe.each(named(LOSSES))('%s', (name, row) => {
  const create = (options: object) => errorOf(() => row.create({ ...SIZES, ...options }))

  it('names the nearest option for one that is mistyped', () => {
    const options = optionsOf(row).filter(option => option.length > 3)
    fc.assert(
      fc.property(fc.constantFrom(...options), fc.nat(20), (option, at) => {
        const place = 1 + (at % (option.length - 1))
        for (const typed of [option.slice(0, place) + option.slice(place + 1), option.toUpperCase()]) {
          // tlpha is as near to alpha as to tAlpha.
          if (optionsOf(row).includes(typed) || (option === 'tAlpha' && place === 1)) continue
          expect(create({ [typed]: 1 })).toBe(`${name}: there is no option ${typed}, did you mean ${option}?`)
        }
      }),
    )
  })

  it('knows what others call its options, and lists its own where it does not', () => {
    const others = {
      margin: 'm',
      scale: 's',
      gamma: 'focalGamma',
      numClasses: 'classes',
      embeddingSize: 'dim',
    }
    for (const [other, own] of Object.entries(others)) {
      if (!optionsOf(row).includes(own)) continue
      expect(create({ [other]: 0.5 })).toBe(`${name}: there is no option ${other}, did you mean ${own}?`)
    }
    for (const unknown of ['ignoreIndex', 'zzz']) {
      expect(create({ [unknown]: 1 })).toMatch(`${name}: there is no option ${unknown}, known: classes, dim`)
    }
  })

  it('refuses every option of a wrong kind, by name', () => {
    const wrong = ['0.5', Promise.resolve(0.5), [[1]], {}, null, () => 1, Symbol.iterator, 1n, Number.NaN]
    for (const option of optionsOf(row)) {
      // `annealing: {}` is the default one.
      for (const value of option === 'annealing'
        ? wrong.filter(v => String(v) !== '[object Object]')
        : wrong) {
        const message = create({ [option]: value })
        expect(message, `${option} of ${String(value)}`).toMatch(/^\w+: .*(got|expected|there is no option)/)
        expect(message).toMatch(new RegExp(`\\b${option}\\b|a backend`))
      }
    }
  })

  it('refuses sizes that are no object', () => {
    for (const options of [undefined, 3, 'classes', [3, 2], Promise.resolve(SIZES)]) {
      expect(errorOf(() => row.create(options as never))).toMatch(
        new RegExp(`^${name}: options as an object, \\{ classes, dim, .*expected, got`),
      )
    }
  })

  it('refuses embeddings that are none, and labels in their place', () => {
    const loss = row.create(SIZES)
    const x = tensor([[1, 2]])
    const calls = [
      (x: unknown, y: unknown) => loss(x as never, y as never),
      (x: unknown, y: unknown) => loss.update(x as never, y as never),
      (x: unknown, y: unknown) => loss.refresh(x as never, y as never),
    ]
    for (const call of calls) {
      for (const other of [[0], [[1, 2]], new Float32Array(2), Promise.resolve(x), undefined, loss]) {
        expect(errorOf(() => call(other, [0]))).toMatch(new RegExp(`^${name}: x as a tensor.* expected, got`))
      }
      expect(errorOf(() => call([0], x))).toMatch(
        `${name}: x as a tensor, as tensor(..) makes one, expected, got [0]`,
      )
      expect(errorOf(() => call(x, x))).toMatch(`${name}: labels`)
    }
    expect(errorOf(() => loss.logits([[1, 2]] as never))).toMatch(`${name}: x as a tensor`)
  })
})

describe('the parts of losses', () => {
  const wrong = (f: () => unknown, message: string) => expect(errorOf(f)).toBe(message)

  it('say what they do not know', () => {
    const z = tensor([[1, 2, 3]])
    const smoothed = (options: object) => crossEntropy(z, [0], options as CrossEntropyOptions)
    wrong(
      () => cosFace({ ...SIZES, margin: 0.5, scale: 64 } as never),
      'cosFace: there is no option margin, did you mean m?',
    )
    wrong(
      () => smoothed({ zzz: 1 }),
      'crossEntropy: there is no option zzz, known: reduction, weight, focalGamma, labelSmoothing, ignoreIndex',
    )
    wrong(() => smoothed({ gamma: 2 }), 'crossEntropy: there is no option gamma, did you mean focalGamma?')
    wrong(
      () => sphereFace({ ...SIZES, annealing: { lambda: 5 } } as never),
      'sphereFace: annealing: there is no option lambda, did you mean lambda0?',
    )
    wrong(
      () => arcFace({ ...SIZES, logitAdjustment: { counts: [1, 2, 3] } } as never),
      'arcFace: logitAdjustment: there is no option counts, did you mean sizes?',
    )
    wrong(
      () => classBalancedWeights([1, 2], { betta: 0.9 } as never),
      'classBalancedWeights: there is no option betta, did you mean beta?',
    )
    wrong(
      () => ldamMargins([1, 2], { maxM: 0.5 } as never),
      'ldamMargins: there is no option maxM, did you mean max?',
    )
    wrong(
      () => dynamicMargins([1, 2], { marginMin: 0.1 } as never),
      'dynamicMargins: there is no option marginMin, did you mean min?',
    )
    wrong(
      () => arcFaceMargin({ margin: 0.5 } as never),
      'arcFace: there is no option margin, did you mean m?',
    )
    wrong(
      () => learned('own', { ...SIZES, biased: true } as never),
      'own: there is no option biased, did you mean bias?',
    )
    wrong(
      () => classCenters('own', { ...SIZES, normalised: true } as never),
      'own: there is no option normalised, did you mean normalized?',
    )
    wrong(
      () => irCosFace({ ...SIZES, centred: false } as never),
      'irCosFace: there is no option centred, did you mean subtractMean?',
    )
    for (const [before, now] of Object.entries({
      centered: 'subtractMean',
      late: 'usePreviousCenters',
      runningMean: 'cumulativeMean',
      throughBatch: 'differentiate',
      warm: 'learnedSteps',
    })) {
      wrong(
        () => irCosFace({ ...SIZES, [before]: true } as never),
        `irCosFace: there is no option ${before}, did you mean ${now}?`,
      )
    }
    wrong(
      () => lossByName('centerLoss').create({ ...SIZES, rate: 0.1 } as never),
      'centerLoss: there is no option rate, did you mean alpha?',
    )
    expect(() => lossByName(undefined as never)).toThrow(/^lossByName: one of .* expected, got undefined$/)
  })

  it('refuse lists for numbers and numbers for lists', () => {
    wrong(
      () => cosFace({ ...SIZES, m: '0.5' } as never),
      'cosFace: m is a difference of cosines, 0 to 2, got "0.5"',
    )
    wrong(
      () => arcFace({ ...SIZES, m: ['0.1', '0.2', '0.3'] } as never),
      'arcFace: m as a number, or a list of one a class, expected, got ["0.1", "0.2", "0.3"]',
    )
    wrong(
      () => centerLoss({ ...SIZES, weight: '111' } as never),
      'centerLoss: weight: 3 numbers expected, one a class, got "111"',
    )
    wrong(
      () => ldamMargins(5 as never),
      'ldamMargins: sizes: at least one number expected, one a class, got 5',
    )
    wrong(
      () => irCosFace({ ...SIZES, subtractMean: 'no' } as never),
      'irCosFace: subtractMean as true or false expected, got "no"',
    )
    expect(errorOf(() => crossEntropy([[1, 2]] as never, [0]))).toMatch('crossEntropy: z as a tensor')
  })

  it('refuse margins and rules that were not called', () => {
    const rule = learned('own', SIZES)
    const [x, y] = [
      tensor([
        [1, 2],
        [2, 1],
      ]),
      [0, 1],
    ]
    wrong(
      () => learned(SIZES as never, undefined as never),
      "learned: the name of the loss, such as 'myLoss', before its options expected, got { classes, dim }",
    )
    wrong(
      () => marginSoftmax('own', cosFaceMargin as never, rule, SIZES),
      'own: a margin, { equation, s, unitX, unitW, psi, nonsmoothAt }, expected, got the function cosFaceMargin',
    )
    const own = (odd: object) => marginSoftmax('own', { ...cosFaceMargin(), ...odd } as never, rule, SIZES)
    wrong(
      () => own({ s: 'norm' }),
      `own: the margin's s as a number, with unitX: false for ‖x‖, expected, got "norm"`,
    )
    wrong(() => own({ unitX: undefined }), "own: the margin's unitX as true or false expected, got undefined")
    wrong(() => own({ psii: () => x }), 'own: the margin: there is no option psii, did you mean psi?')
    wrong(() => own({ psi: 0.2 }), "own: the margin's psi as a function expected, got 0.2")
    wrong(
      () => own({ psi: () => undefined })(x, y),
      "psi: the margin's value as a tensor expected, got undefined",
    )
    wrong(
      () => own({ psi: ({ cosTheta }: Angle) => cosTheta.sum() })(x, y),
      "psi: the margin's value of shape [2,1] expected, got []",
    )
    wrong(
      () => own({ others: () => 0.2 })(x, y),
      "others: the margin's value as a tensor, as tensor(..) makes one, expected, got 0.2",
    )
    wrong(
      () => marginSoftmax('own', cosFaceMargin(), learned as never, SIZES),
      'own: a prototype rule, such as learned(name, { classes, dim }), expected, got the function learned',
    )
  })
})

describe('what would take for ever, or is no argument', () => {
  const margin = cosFaceMargin()
  const [x, W] = [tensor([[1, 2]]), tensor([[1, 0]])]
  it.each<[string, () => unknown, RegExp]>([
    [
      'm of 2^53',
      () => sphereFace({ ...SIZES, m: 2 ** 53 }),
      /^sphereFace: m multiplies the angle, at most by 1000, got/,
    ],
    [
      'm of a million',
      () => lSoftmax({ ...SIZES, m: 1e6 }),
      /^lSoftmax: m multiplies the angle, at most by 1000, got/,
    ],
    [
      'm1 of 2^53',
      () => combinedMargin({ ...SIZES, m1: 2 ** 53 }),
      /^combinedMargin: m1 multiplies the angle, at most by 1000, got/,
    ],
    [
      'm1 of 1000.5',
      () => combinedMargin({ ...SIZES, m1: 1000.5 }),
      /^combinedMargin: m1 multiplies the angle, at most by 1000, got/,
    ],
    [
      'logits of no margin',
      () => plainLogits(undefined as never, x, W),
      /^plainLogits: a margin, .* got undefined/,
    ],
    ['logits of text', () => plainLogits(margin, 'x' as never, W), /^plainLogits: x as a tensor/],
    [
      'half a step',
      () => marginLogits(margin, x, W, [0], 0.5),
      /^marginLogits: t as an integer >= 0 expected/,
    ],
    [
      'no prototypes',
      () => marginLoss(margin, x, null as never, [0]),
      /^marginLoss: options as an object, \{ W, b/,
    ],
    [
      'a bias by name',
      () => marginLoss(margin, x, { W, bias: W } as never, [0]),
      /no option bias, did you mean b\?/,
    ],
    [
      'options null',
      () => marginLoss(margin, x, { W }, [0], null as never),
      /^marginLoss: options as an object/,
    ],
  ])('%s', (_, run, message) => expect(run).toThrow(message))

  it('options of a call are those of the loss, and refused', () => {
    for (const loss of [arcFace(SIZES), centerLoss(SIZES)]) {
      const call = loss as unknown as (...args: unknown[]) => unknown
      expect(() => call(x, [0], { reduction: 'none' })).toThrow(
        `${loss.name}: nothing more than in loss(x, y); options go where the loss is made expected, got { reduction }`,
      )
    }
  })

  it('a state is one', () => {
    for (const loss of [arcFace(SIZES), centerLoss(SIZES), irCosFace(SIZES)]) {
      for (const none of [undefined, null, 'a', {}, { tensors: {} }, { values: {} }, new Uint8Array(4)]) {
        expect(() => loss.load(none as never)).toThrow(`${loss.name}: a state, { tensors, values }`)
      }
    }
  })
})
