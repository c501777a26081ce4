import { type AnyLossOptions, LOSSES, type LossOptions, lossByName } from '../../../losses/index.ts'

/** How class centres follow the embeddings, for the losses that begin with "ir". */
export const CENTERS = {
  ema: { estimator: 'ema', alpha: 0.1 },
  late: { estimator: 'ema', alpha: 0.3, runningMean: true, late: true },
} as const satisfies Record<string, Partial<AnyLossOptions>>

export type CentersName = keyof typeof CENTERS

/** What goes beside a loss. */
export interface Choices {
  /** The rate of learned prototypes, in rates of the net. */
  readonly wRate: number
  readonly centers: CentersName
  /** Epochs of learned prototypes before the centres take over. */
  readonly warm: number
  /** Of logit adjustment. */
  readonly tau: number
}

/** What a name leaves unsaid. */
export const DEFAULTS: Choices = { wRate: 30, centers: 'ema', warm: 0, tau: 0 }

/** A loss of the registry, and what goes beside it. */
export interface Variant extends Choices {
  readonly loss: string
  readonly ir: boolean
}

export const lossNames: readonly string[] = LOSSES.filter(row => row.margin !== 'none').map(row => row.name)

interface Part {
  readonly key: keyof Choices
  /** Whether losses over class centres have it, and whether others have. */
  readonly ir: boolean
  readonly learned: boolean
  /** What stands in the name: `write` is undone by `read`, which knows what is not its own. */
  readonly form: string
  read(text: string): string | number | undefined
  write(value: string | number): string
}

/** A word and a number, such as x1. */
const counted = (key: keyof Choices, word: string, ir: boolean, learned: boolean): Part => ({
  ...{ key, ir, learned, form: `${word}1` },
  read: text =>
    new RegExp(`^${word}\\d+(\\.\\d+)?$`).test(text) ? Number(text.slice(word.length)) : undefined,
  write: value => `${word}${value}`,
})

/** In the order in which they stand in a name. */
const PARTS: readonly Part[] = [
  counted('wRate', 'x', false, true),
  {
    ...{ key: 'centers', ir: true, learned: false, form: Object.keys(CENTERS).join(', ') },
    read: text => (Object.hasOwn(CENTERS, text) ? text : undefined),
    write: value => `${value}`,
  },
  counted('warm', 'warm', true, false),
  counted('tau', 'tau', true, true),
]

const partsFor = (ir: boolean): readonly Part[] => PARTS.filter(part => (ir ? part.ir : part.learned))

/**
 * The variant of a name: a loss, and what differs from the choices, each after a hyphen. `cosFace-x1` has prototypes
 * learned at the rate of the net, `irCosFace-late-tau1` other centres and logit adjustment. Throws on what is none.
 */
export function variantOf(name: string, choices: Choices = DEFAULTS): Variant {
  const [loss, ...texts] = name.split('-')
  const ir = lossByName(loss).prototypes === 'classCenters'
  const own = partsFor(ir)
  const read = texts.map(text => {
    const part = own.find(p => p.read(text) !== undefined)
    if (part === undefined) {
      throw new Error(`variantOf: ${own.map(p => p.form).join(', ')} expected after ${loss}-, got "${text}"`)
    }
    return [part.key, part.read(text)]
  })
  // What the loss does not have is of no account, and the same in all names.
  const given = Object.fromEntries(own.map(({ key }) => [key, choices[key]]))
  return { ...DEFAULTS, ...given, ...Object.fromEntries(read), loss, ir }
}

/** The parts of a variant's name: all, or those that are not the defaults. */
export const partsOf = (variant: Variant, all = false): string[] =>
  partsFor(variant.ir).flatMap(({ key, write }) =>
    all || variant[key] !== DEFAULTS[key] ? [write(variant[key])] : [],
  )

/** The shortest name of a variant. */
export const nameOf = (variant: Variant): string => [variant.loss, ...partsOf(variant)].join('-')

const S = 16

/** Of each margin; m is a difference of cosines, radians, or a multiple of the angle. */
const MARGINS: Readonly<Record<string, Partial<AnyLossOptions>>> = {
  normFace: { s: S },
  cosFace: { s: S, m: 0.2 },
  arcFace: { s: S, m: 0.2 },
  sphereFace: { s: S, m: 4 },
  lSoftmax: { m: 4, annealing: true },
  combinedMargin: { s: S },
}

/** What is known of the training set. */
export interface Training {
  /** Training images of each class. */
  readonly sizes: ArrayLike<number>
  readonly stepsAnEpoch: number
}

/** The loss of a variant; prototypes and centres start as N(0, 1/dim). */
export function createLoss(variant: Variant, options: LossOptions, { sizes, stepsAnEpoch }: Training) {
  const { loss, ir, centers, warm, tau } = variant
  const row = lossByName(loss)
  return row.create({
    ...{ ...options, ...MARGINS[row.margin] },
    ...(ir ? { ...CENTERS[centers], warm: Math.round(warm * stepsAnEpoch) } : {}),
    ...(tau > 0 ? { logitAdjustment: { sizes, tau } } : {}),
  })
}

/**
 * The rows of the table: five margins, each learned at two rates and over two kinds of centres, and with logit
 * adjustment. SphereFace over centres falls into a cone unless its prototypes are learned at first.
 */
export const TABLE: readonly string[] = ['softmax', 'normFace', 'sphereFace', 'cosFace', 'arcFace'].flatMap(
  loss => {
    const ir = `ir${loss[0].toUpperCase()}${loss.slice(1)}`
    const warm = loss === 'sphereFace' ? '-warm2' : ''
    const late = `${ir}-late${warm}`
    return [`${loss}-x1`, loss, `${loss}-tau1`, `${ir}${warm}`, late, `${late}-tau1`]
  },
)
