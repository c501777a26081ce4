import { styleOf } from '../../page/colors.ts'
import { htmlDocument } from '../../page/document.ts'
import { legend } from '../../page/legend.ts'
import { titleOf } from '../../page/names.ts'
import { escapeHtml, figure } from '../../page/svg.ts'
import { htmlTable } from '../../page/tables.ts'
import type { Points, Results, Run } from '../results.ts'
import { gains, lossesOf } from '../summary.ts'
import { figuresTable, sentenceOf } from '../table.ts'
import { accuracyBySize, anglesBySize } from './byClass.ts'
import { lossCurves } from './curves.ts'
import { embedding } from './embedding.ts'

interface Drawn {
  readonly run?: Run
  readonly points?: Points
}

/** The report: one HTML file that needs nothing else, with the figures of `results` and the pictures. */
export function page(results: Results, drawn: readonly Drawn[]): string {
  const { options, runs } = results
  const body =
    runs.length === 0 ? '<p>No run was done, so there is nothing to show.</p>' : sections(runs, drawn)
  return htmlDocument(
    'Long-tailed digits',
    `<p class="lead">A small net learns ten handwritten digits of which the most frequent has ${options.imbalance} times
the images of the rarest. Each loss is judged on other images, about as many of every digit.</p>
${partial(results)}${body}
<footer>Losses ${options.losses.map(titleOf).join(', ')}; seeds ${options.seeds.join(', ')}; ${options.steps} steps of 64
images; imbalance ${options.imbalance}; embeddings of length ${options.dim}; backend ${options.backend}. The same
figures, and each class's, stand in <code>results.json</code>.</footer>`,
  )
}

function sections(runs: readonly Run[], drawn: readonly Drawn[]): string {
  const losses = lossesOf(runs)
  const several = new Set(runs.map(run => run.seed)).size > 1
  const sameKey = legend(losses.map(loss => ({ title: titleOf(loss), ...styleOf(loss) })))
  const dots = several ? ' Lines are means over the seeds; the small dots are single runs.' : ''
  return [
    figure(
      'Figures',
      'Balanced accuracy counts every class alike; the tail is the four smallest classes. “Nearest mean” classifies by the class means of the training images and ignores the prototypes: what the embedding alone is worth. Angles are between prototype and class centre, over the four largest classes (head) and the four smallest (tail).',
      figures(runs),
    ),
    embeddings(drawn),
    figure(
      'Angle between prototype and class centre',
      'Does a class’s prototype point where its images are? Look at how a line goes on to the right, where classes have few images. Class centres as prototypes (solid) are close to 0 by design, for they follow those very images; what is left is the lag of the running mean and the common mean that is taken off.' +
        dots,
      sameKey + anglesBySize(runs),
    ),
    figure(
      'Accuracy by class',
      'Compare the solid line with the dashed one of its colour over the shaded tail; and at the left, what the large classes pay.' +
        dots,
      sameKey + accuracyBySize(runs),
    ),
    figure(
      'Training loss',
      'Look for lines that fall and settle. Heights compare within a colour only: a margin makes the loss larger by itself.',
      sameKey + lossCurves(runs),
    ),
  ].join('\n')
}

function figures(runs: readonly Run[]): string {
  const changes = gains(runs).map(gain => `<li>${sentenceOf(gain)}</li>`)
  return `${htmlTable(figuresTable(runs))}<ul>${changes.join('')}</ul>`
}

/** Of the first seed; one a loss. */
function embeddings(drawn: readonly Drawn[]): string {
  const first = drawn.find(({ points }) => points !== undefined)?.run?.seed
  const pictures = drawn.flatMap(({ run, points }) =>
    run && points && run.seed === first ? [embedding(run, points)] : [],
  )
  if (pictures.length === 0) return ''
  return figure(
    'The embedding',
    `The test images of seed ${first} as the net places them in the plane, a colour a class: cool for large classes, warm for the four of the tail. A solid ray is a class’s prototype, labelled with its number of training images; a dotted ray of its colour is the centre of those images. Look for solid rays that lie away from their dotted one, and for warm points that have no sector of their own.`,
    `<div class="grid">${pictures.join('')}</div>`,
  )
}

function partial({ partial, options, runs, unfinished }: Results): string {
  if (!partial) return ''
  const stopped = runs.filter(run => run.steps < options.steps)
  const early = stopped.map(({ loss, seed, steps }) => `${titleOf(loss)}, seed ${seed} (step ${steps})`)
  const missing = unfinished.map(({ loss, seed, step, error }) => {
    const why = error === undefined ? '' : `: ${escapeHtml(error)}`
    return `${titleOf(loss)}, seed ${seed} (step ${step}${why})`
  })
  return `<p class="partial"><strong>Partial report.</strong> ${runs.length - stopped.length} of ${runs.length + unfinished.length} runs are done.${early.length > 0 ? ` Stopped early, with the figures of a net half trained: ${early.join('; ')}.` : ''}${missing.length > 0 ? ` Missing: ${missing.join('; ')}.` : ''}</p>`
}
