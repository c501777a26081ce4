import { escapeHtml } from '../../page/svg.ts'
import type { Job, Run } from '../train/results.ts'
import { extent } from './statistics.ts'

export interface About {
  /** What all runs have in common. */
  readonly job: Omit<Job, 'loss' | 'seed'>
  /** Runs that are missing or were stopped early, one a text; none when all is done. */
  readonly partial: readonly string[]
}

/** What was trained on what, and what it is judged on. */
export function lead(runs: readonly Run[], { job }: About): string {
  const sizes = runs[0].classes.map(c => c.size)
  const [smallest, largest] = extent(sizes)
  const tail =
    sizes.length > 0
      ? ` on ${sizes.length.toLocaleString('en')} identities of ${largest} to ${smallest} training images`
      : ''
  const split = job.validation ? ' Judged on the validation split, which is for making choices.' : ''
  return `<p class="lead">A net learns to tell characters apart${tail}, in many typefaces. It is judged on those identities in typefaces it has
never seen, and on identities it has never seen, in typefaces it has (P1) and has not (P2).${split}</p>`
}

/** What decided the figures. */
export function footer(runs: readonly Run[], { job }: About): string {
  const seeds = [...new Set(runs.map(run => run.seed))]
  const facts = [
    `${job.protocol} protocol`,
    ...(runs.length > 0 ? [`${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}`] : []),
    `net ${job.net}`,
    `embeddings of length ${job.dim}`,
    `${job.epochs} epochs in batches of ${job.batch}, sampling: ${job.sampling}${job.augment ? ', augmented' : ''}`,
    `${job.fullGallery ? 'all' : 'at most 12'} images of an unseen identity`,
    `backend ${job.backend}`,
  ]
  return `<footer>${escapeHtml(facts.join('; '))}.</footer>`
}

/** Which runs are missing, where some are. */
export const partialNote = ({ partial }: About): string =>
  partial.length === 0
    ? ''
    : `<div class="partial"><strong>Partial report.</strong> Missing, or stopped early with the figures of a net half trained:<ul>${partial.map(text => `<li>${escapeHtml(text)}</li>`).join('')}</ul></div>`
