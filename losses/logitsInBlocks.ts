import { identity, noGrad, slice, type Tensor, tidy } from '../engine/index.ts'
import type { BlockOfLogits } from './loss.ts'
import type { Prototypes } from './prototypes/prototypes.ts'
import { blocksOf } from './prototypes/seen.ts'

type LogitsOver = (x: Tensor, W: Tensor, b: Tensor | undefined) => Tensor

/** The logits over at most `size` classes of a rule at a time, by rows of its table where it has one, else by slices of its W, which is made once. */
export function* inBlocks(
  size: number,
  classes: number,
  prototypes: Prototypes,
  logitsOver: LogitsOver,
): Generator<BlockOfLogits> {
  const { subCenters: K = 1, bias } = prototypes
  // A product by few rows of W may be summed in another order.
  const alike = Math.ceil(classes / Math.ceil(classes / size))
  const whole =
    prototypes.rowsOfW === undefined ? noGrad(() => tidy(() => identity(prototypes.W))) : undefined
  try {
    for (const { begin, end } of blocksOf(classes, alike)) {
      const W = (): Tensor =>
        whole === undefined
          ? (prototypes.rowsOfW as NonNullable<Prototypes['rowsOfW']>)(begin * K, end * K)
          : slice(whole, [begin * K], [end * K])
      yield {
        begin,
        end,
        logits: x => tidy(() => logitsOver(x, W(), bias && slice(bias, [begin], [end]))),
      }
    }
  } finally {
    whole?.dispose()
  }
}
