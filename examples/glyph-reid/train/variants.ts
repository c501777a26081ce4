import type { AnyLossOptions } from '../../../losses/index.ts'
import { LOSSES, type Loss, type LossOptions, lossByName } from '../../../losses/index.ts'

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
}

/** What a name leaves unsaid. */
export const DEFAULTS: Choices = { wRate: 30, centers: 'ema' }

/** A loss of the registry, and what goes beside it. */
export interface Variant extends Choices {
  readonly loss: string
  readonly ir: boolean
}

export const lossNames: readonly string[] = LOSSES.filter(row => row.margin !== 'none').map(row => row.name)

/**
 * The variant of a name: a loss, and what differs from the choices, each after a hyphen: `cosFace-x1` has prototypes
 * learned at the rate of the net, `irCosFace-late` another estimator of its centres. Throws on what is none.
 */
export function variantOf(name: string, choices: Choices = DEFAULTS): Variant {
  const [loss, ...parts] = name.split('-')
  const ir = lossByName(loss).prototypes === 'classCenters'
  let { wRate, centers } = choices
  for (const part of parts) {
    if (!ir && /^x\d+(\.\d+)?$/.test(part)) wRate = Number(part.slice(1))
    else if (ir && Object.hasOwn(CENTERS, part)) centers = part as CentersName
    else {
      const known = ir ? Object.keys(CENTERS).join(' or ') : 'x and a rate, such as x1,'
      throw new Error(`variantOf: ${known} expected after ${loss}-, got ${part}`)
    }
  }
  return { loss, ir, wRate, centers }
}

/** The shortest name of a variant. */
export function nameOf({ loss, ir, wRate, centers }: Variant): string {
  const parts = ir ? [centers !== DEFAULTS.centers && centers] : [wRate !== DEFAULTS.wRate && `x${wRate}`]
  return [loss, ...parts.filter(Boolean)].join('-')
}

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

/** The loss of a variant; prototypes and centres start as N(0, 1/dim). */
export function createLoss({ loss, ir, centers }: Variant, options: LossOptions): Loss {
  const row = lossByName(loss)
  return row.create({ ...options, ...MARGINS[row.margin], ...(ir ? CENTERS[centers] : {}) })
}

/** The rows of the table: five margins, each learned at two rates and over two kinds of centres. */
export const TABLE: readonly string[] = ['softmax', 'normFace', 'sphereFace', 'cosFace', 'arcFace'].flatMap(
  loss => {
    const ir = `ir${loss[0].toUpperCase()}${loss.slice(1)}`
    return [`${loss}-x1`, loss, ir, `${ir}-late`]
  },
)
