import { type AnyLossOptions, LOSSES, type Loss, type LossOptions, lossByName } from '../../losses/index.ts'
import { partsOf } from '../page/names.ts'

export const lossNames: readonly string[] = LOSSES.map(row => row.name)

const S = 16

/** What the protocol sets of each margin; m is a difference of cosines, radians, or a multiple of the angle. */
const MARGINS: Readonly<Record<string, Partial<AnyLossOptions>>> = {
  normFace: { s: S },
  cosFace: { s: S, m: 0.2 },
  arcFace: { s: S, m: 0.2 },
  sphereFace: { m: 4 },
  sphereFaceR: { s: S },
  lSoftmax: { m: 4, annealing: true },
  combinedMargin: { s: S },
  curricularFace: { s: S, m: 0.2 },
  mvSoftmax: { s: S, m: 0.2 },
  magFace: { s: S },
  adaFace: { s: S, m: 0.2 },
  elasticFace: { s: S, m: 0.2 },
  sphereFace2: { s: S, m: 0.2 },
  uniFace: { s: S, m: 0.2 },
}

/** Class centres as running means, taken relative to their common mean. */
const CENTRES: Partial<AnyLossOptions> = { estimator: 'ema', alpha: 0.1, subtractMean: true }

/** What protocol P1 sets of the loss of that name. */
export function protocolOptions(name: string): Partial<AnyLossOptions> {
  const { ir, family } = partsOf(name)
  return { ...MARGINS[family], ...(ir ? CENTRES : {}) }
}

/** The loss of that name, set as `own` says: as protocol P1 does. Learned prototypes and centres start as N(0, 1/dim). */
export const createLoss = (name: string, options: LossOptions, own = protocolOptions(name)): Loss =>
  lossByName(name).create({ ...options, ...own })
