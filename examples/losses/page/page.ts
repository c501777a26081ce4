import { htmlDocument } from '../../page/document.ts'
import { escapeHtml, figure } from '../../page/svg.ts'
import { htmlTable } from '../../page/tables.ts'
import { SIZES } from '../folder.ts'
import type { Results } from '../results.ts'
import { BATCH } from '../run.ts'
import { lossesTable, meansOf } from '../table.ts'
import { picture, STYLE } from './picture.ts'

/** The report: one HTML file that needs nothing else. */
export function page(results: Results): string {
  const { losses, seeds, choice, rates, times, steps } = results.options
  return htmlDocument(
    'Which loss?',
    `<p class="lead">Twelve kinds of drawn shapes, ${SIZES[0]} training images of the commonest kind down to ${SIZES.at(-1)} of the rarest, learned by the same
small net with each loss. The open set has twelve kinds that no net was trained on.</p>
${partial(results)}${results.runs.length === 0 ? '<p>No run was done, so there is nothing to show.</p>' : sections(results)}
<footer>${losses.length} losses; ${counted('seed', seeds)}; ${steps} steps of ${BATCH} images. Rates of the net: ${rates.join(', ')}; of learned weights, in rates of
the net: ${times.join(', ')}${rates.length * times.length > 1 ? `; chosen on ${counted('seed', choice)} by the accuracy` : ''}. The same figures, run by run, stand in <code>results.json</code>.</footer>`,
    STYLE,
  )
}

const counted = (name: string, numbers: readonly number[]): string =>
  `${name}${numbers.length > 1 ? 's' : ''} ${numbers.join(', ')}`

const sections = ({ runs }: Results): string =>
  [
    figure(
      'Rare kinds, and new ones',
      'A point is a loss, the mean of the seeds. To the right: accuracy on the four rarest kinds. Up: mAP of a search among kinds that were not trained on. Names stand where there is room, those first that no other loss beats in both; the table has all.',
      picture(meansOf(runs)),
    ),
    figure(
      'All figures',
      'Shares in percent, means of the seeds, the best accuracy first. A star: the loss has neither weights nor centres, and the nearest class mean classifies. “TAR at 1 %”: pairs of one new kind that are accepted where 1 % of the pairs of two are. “Trained on”: accuracy on the training images; where it is low, the net has not learned in these steps. Milliseconds are processor time of one thread; megabytes are the most in use during a step, images and net among them.',
      htmlTable(lossesTable(runs)),
    ),
  ].join('\n')

function partial({ runs, unfinished, options }: Results): string {
  const wanted = options.losses.length * options.seeds.length
  if (runs.length === wanted) return ''
  const missing = unfinished.map(({ loss, seed, step, error }) => {
    const why = error === undefined ? '' : `: ${escapeHtml(error)}`
    return `${escapeHtml(loss)}, seed ${seed} (step ${step}${why})`
  })
  const listed = missing.length === 0 ? '' : ` Missing: ${missing.join('; ')}.`
  return `<p class="partial"><strong>Partial report.</strong> ${runs.length} of ${wanted} runs are done.${listed}</p>`
}
