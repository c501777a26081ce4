import { LOSSES, lossByName } from '../../../losses/index.ts'
import { CENTERS, type Choices, DEFAULTS, IDEA_NAMES, ideaOf, scaleOf, type Variant } from './losses.ts'

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
  key,
  ir,
  learned,
  form: `${word}1`,
  read: text =>
    new RegExp(`^${word}\\d+(\\.\\d+)?$`).test(text) ? Number(text.slice(word.length)) : undefined,
  write: value => `${word}${value}`,
})

/** One of some words. */
const named = (key: keyof Choices, words: readonly string[], ir: boolean, learned: boolean): Part => ({
  key,
  ir,
  learned,
  form: words.join(', '),
  read: text => (words.includes(text) ? text : undefined),
  write: value => `${value}`,
})

/** In the order in which they stand in a name. */
const PARTS: readonly Part[] = [
  counted('wRate', 'x', false, true),
  named('weights', ['simplex'], false, true),
  counted('blend', 'blend', false, true),
  named('centers', Object.keys(CENTERS), true, false),
  named('centering', ['subtractMean'], true, false),
  counted('learnedEpochs', 'learned', true, false),
  named('idea', IDEA_NAMES, true, true),
  counted('pull', 'pull', true, true),
  counted('second', 'ir', false, true),
  counted('tau', 'tau', true, true),
  counted('sampled', 'sampled', true, true),
  named('correction', ['corrected'], true, true),
  counted('smoothing', 'smooth', true, true),
  named('neck', ['bnneck'], true, true),
  named('reweighting', ['drw'], true, true),
  named('retraining', ['crt', 'lws', 'means'], false, true),
  named('retraining', ['means'], true, false),
  counted('tauNorm', 'tauNorm', false, true),
  counted('posthoc', 'posthoc', true, true),
]

const partsFor = (ir: boolean): readonly Part[] => PARTS.filter(part => (ir ? part.ir : part.learned))

/**
 * The variant of a name: a loss, and what differs from the choices, each after a hyphen. `cosFace-x1` has prototypes
 * learned at the rate of the net, `irCosFace-previous-tau1` other centres and logit adjustment. Throws on what is none.
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
  const variant: Variant = { ...DEFAULTS, ...given, ...Object.fromEntries(read), loss, ir }
  if (variant.idea !== 'none') {
    if (ideaOf(variant) === undefined) throw new Error(`variantOf: ${loss} is not tried ${variant.idea}`)
    if (variant.learnedEpochs > 0) throw new Error(`variantOf: learned or ${variant.idea} expected, got both`)
  }
  if (variant.sampled > 1)
    throw new Error(`variantOf: a share of the classes from 0 to 1 expected, got ${variant.sampled}`)
  if (variant.sampled > 0 && variant.idea !== 'none') {
    throw new Error(`variantOf: sampled or ${variant.idea} expected, got both`)
  }
  if (variant.correction !== 'none' && variant.sampled === 0) {
    throw new Error('variantOf: corrected goes with sampled')
  }
  if (variant.smoothing > 1)
    throw new Error(`variantOf: a smoothing from 0 to 1 expected, got ${variant.smoothing}`)
  if (variant.smoothing > 0 && variant.sampled > 0) {
    throw new Error('variantOf: smooth or sampled expected, got both')
  }
  if (variant.tauNorm > 0 && scaleOf(loss) !== undefined) {
    throw new Error(`variantOf: tauNorm goes with lengths of w, which ${loss} leaves out`)
  }
  return variant
}

/** The parts of a variant's name: all, or those that are not the defaults. */
export const partsOf = (variant: Variant, all = false): string[] =>
  partsFor(variant.ir).flatMap(({ key, write }) =>
    all || variant[key] !== DEFAULTS[key] ? [write(variant[key])] : [],
  )

/** The shortest name of a variant. */
export const nameOf = (variant: Variant): string => [variant.loss, ...partsOf(variant)].join('-')

/** Have class centres a part in the loss: as its prototypes, blended with them, or in a second head? */
export const hasCenters = ({ ir, blend, second }: Variant): boolean => ir || blend > 0 || second > 0

/** What a variant is trained as: the name without what comes after the training. */
export const trainedAs = (name: string): string =>
  nameOf({ ...variantOf(name), retraining: 'none', tauNorm: 0, posthoc: 0 })
