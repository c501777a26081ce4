import type { AnyMarginOptions } from '../../losses/presets.ts'
import type { AnyLossOptions } from '../../losses/row.ts'
import { said, type Unsupported, unsupported } from './python.ts'

const SAID = true

/** Which options of losses the program can say, those of margins aside (`TORCH_MARGINS`); an option without a row does not compile. */
const OPTIONS: {
  readonly [K in Exclude<keyof Required<AnyLossOptions>, keyof AnyMarginOptions>]: typeof SAID | Unsupported
} = {
  classes: SAID,
  dim: SAID,
  rng: SAID,
  dtype: SAID,
  backend: SAID,
  reduction: SAID,
  weight: SAID,
  logitAdjustment: SAID,
  focalGamma: SAID,
  labelSmoothing: SAID,
  pull: SAID,
  deferredSteps: SAID,
  sampledClasses: SAID,
  estimator: SAID,
  alpha: SAID,
  refreshEvery: SAID,
  window: SAID,
  batchMean: SAID,
  momentum: SAID,
  subtractMean: SAID,
  usePreviousCenters: SAID,
  cumulativeMean: SAID,
  differentiate: unsupported('a gradient through centres that several processes share'),
  learnedSteps: SAID,
  preset: SAID,
  blend: SAID,
  centerBlend: SAID,
  subCenters: SAID,
  simplex: SAID,
  queue: SAID,
}

/** Throws on an option that is in use and has no form. */
export function checkLossOptions(name: string, options: Readonly<Record<string, unknown>>): void {
  for (const [option, form] of Object.entries(OPTIONS)) {
    const value = options[option]
    if (value === undefined || value === false || value === 0) continue
    said(`${name}: ${option}`, form)
  }
}
