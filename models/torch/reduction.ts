import type { Margin } from '../../losses/margins/margin.ts'
import type { AnyLossOptions } from '../../losses/row.ts'
import { literal } from './python.ts'

type Made = AnyLossOptions & { readonly margin: Margin }

/** Lines from logits z[N,C] to the loss of each sample, `losses` [N]; `own` are the centres that `pull` pulls to. */
export function lossLines(options: Made, own: string): string[] {
  const { margin, focalGamma = 0, labelSmoothing = 0, pull = 0, weight, deferredSteps = 0 } = options
  const smooth = labelSmoothing > 0
  const lines: string[] = []
  if (deferredSteps > 0) {
    lines.push(`weight = self.weight if self.t > ${deferredSteps} else torch.ones_like(self.weight)`)
  }
  const each = weightOf(options)
  if (margin.binary !== undefined) {
    const { positive, negative } = margin.binary
    lines.push(
      'own = F.one_hot(column, z.shape[1]).to(z.dtype)',
      "each = F.binary_cross_entropy_with_logits(z, own, reduction='none')",
      ...(focalGamma > 0 ? [`each = (-torch.expm1(-each)) ** ${focalGamma} * each`] : []),
      `losses = ((${literal(positive)} * own + ${literal(negative)} * (1 - own)) * each).sum(1)`,
    )
  } else {
    const how = [
      "reduction='none'",
      ...(smooth ? [`label_smoothing=${labelSmoothing}`] : []),
      ...(smooth && weight !== undefined ? [`weight=${each}`] : []),
    ]
    lines.push(`losses = F.cross_entropy(z, column, ${how.join(', ')})`)
    if (focalGamma > 0) lines.push(`losses = (-torch.expm1(-losses)) ** ${focalGamma} * losses`)
  }
  // Of smoothed labels each class has counted by its own weight already.
  if (weight !== undefined && !smooth) lines.push(`losses = ${each}[y] * losses`)
  const weighted = weight === undefined ? '' : `${each}[y] * `
  if (margin.penalty !== undefined) lines.push(`losses = losses + ${weighted}self.penalty(norm)[:, 0]`)
  if (pull > 0) {
    lines.push(`losses = losses + ${pull} * ${weighted}(F.normalize(${own}) - u).square().sum(1)`)
  }
  return lines
}

/** The mean or the sum of `losses`. */
export function reducedLine(options: Made): string {
  const { reduction = 'mean', weight } = options
  if (reduction === 'sum')
    return 'return losses.sum() * world()  # DistributedDataParallel takes the mean over processes'
  if (weight === undefined) return 'return losses.mean()'
  return `return losses.sum() / mean_over_processes(${weightOf(options)}[y].sum())`
}

const weightOf = ({ deferredSteps = 0 }: Made): string => (deferredSteps > 0 ? 'weight' : 'self.weight')
