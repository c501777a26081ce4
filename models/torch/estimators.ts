import type { ESTIMATORS, Rates } from '../../losses/prototypes/estimators.ts'
import { literal } from './python.ts'

/**
 * The lines that move the class centres: of z[N,D] and y[N], the embeddings and labels of all processes, with sums[C,D] and counts[C,1]
 * of each class, `self.centers` and what the rule remembers. They may use `there`, which classes the batch has, [C,1].
 */
type ToLines = (rates: Rates) => string

/** Every estimator of class centres in Python; one without a row does not compile. */
export const TORCH_ESTIMATORS: { readonly [K in keyof typeof ESTIMATORS]: ToLines } = {
  ema: ({ alpha, cumulativeMean }) =>
    `${
      cumulativeMean
        ? `self.visits += counts\nrate = (counts / self.visits.clamp(min=1)).clamp(min=${literal(alpha)})`
        : `rate = ${literal(alpha)}`
    }
a = there * rate
self.centers.copy_((1 - a) * self.centers + a * sums / counts.clamp(min=1))`,
  exact: () => 'self.centers.copy_(torch.where(there, sums / counts.clamp(min=1), self.centers))',
  centerLoss: ({ alpha }) =>
    `self.centers -= ${literal(alpha)} * (counts * self.centers - sums) / (counts + 1)`,
  sphere({ alpha, batchMean, momentum }) {
    const g = `g = counts * self.centers - sums${batchMean ? '\ng = g / counts.clamp(min=1)' : ''}`
    if (momentum > 0) {
      return `${g}
self.velocity.copy_(${literal(momentum)} * self.velocity + g)
self.centers.copy_(F.normalize(self.centers - ${literal(alpha)} * self.velocity))`
    }
    return `${g}
self.centers.copy_(torch.where(there, F.normalize(self.centers - ${literal(alpha)} * g), self.centers))`
  },
  accumulate: () => 'self.centers.copy_(torch.where(there, F.normalize(self.centers + sums), self.centers))',
  empirical: () => `a = torch.sigmoid((z * self.centers[y]).sum(1, keepdim=True))
stay = torch.zeros_like(counts).index_add_(0, y, a)
come = torch.zeros_like(sums).index_add_(0, y, (1 - a) * z)
self.centers.copy_(torch.where(there, F.normalize(stay * self.centers + come), self.centers))`,
  memoryBank: ({ window }) => `for i, j in enumerate(y.tolist()):
    self.bank[j] = torch.cat([z[i:i + 1], self.bank[j, :-1]])
self.visits += counts
mean = self.bank.sum(1) / self.visits.clamp(1, ${window})
self.centers.copy_(torch.where(there, mean, self.centers))`,
}
