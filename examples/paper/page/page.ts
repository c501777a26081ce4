import { htmlDocument } from '../../page/document.ts'
import { escapeHtml, figure } from '../../page/svg.ts'
import { htmlTable } from '../../page/tables.ts'
import type { Result, Results } from '../results.ts'
import { SETTINGS, titleOf } from '../settings.ts'
import { figuresTable, strengthsTable } from '../table.ts'
import { BATCH, RARE, sizesOf } from '../training.ts'
import { embedding } from './embedding.ts'
import { strengthCurves } from './strengthCurves.ts'

/** The report: one HTML file that needs nothing else, with the figures of `results` and the pictures of `drawn`. */
export function page(results: Results, drawn: readonly Partial<Result>[]): string {
  const { options, runs } = results
  const { losses, seeds, steps, backend } = options
  return htmlDocument(
    'Fig. 2 of the paper, again',
    `<p class="lead">Ten handwritten digits, of which “${RARE}” is rare, learned by a LeNet that embeds them in the plane: Fig. 2
of Zhu et al. 2020, arXiv:2011.11155. Below, what pulls and pushes the weights, equation 2 of that paper.</p>
${partial(results)}${runs.length === 0 ? '<p>No run was done, so there is nothing to show.</p>' : sections(results, drawn)}
<footer>Losses ${losses.map(titleOf).join(', ')}; seeds ${seeds.join(', ')}; ${steps} steps of ${BATCH} images; backend ${backend}.
The same figures, and each digit’s, stand in <code>results.json</code>.</footer>`,
    '.below { margin-top: 1.4em } table { font-size: .9rem }',
  )
}

function sections({ options, runs }: Results, drawn: readonly Partial<Result>[]): string {
  const curves = strengthCurves(runs)
  return [
    fig2(drawn),
    figure(
      'Accuracy and angle',
      `Accuracy on test images in percent, balanced over the ten digits and of “3”, “5” and “7”, which are neighbours in the paper’s picture; “by mean” classifies by the nearest class mean, which ignores the weights. Angles, in degrees, lie between the weight of the digit and its centre.`,
      htmlTable(figuresTable(runs)),
    ),
    curves === ''
      ? ''
      : figure(
          'Pull and push',
          `The gradient in the weight w of a class has two parts (equation 2): the class’s own images pull, all others push. Lengths of the two, over weights learned with a rare “3” (for class centres, as a learned weight would have them), mean of the seeds, smoothed over a sixteenth of the steps. Where push stays above pull, w is driven away from its images.`,
          curves + EARLY_LATE + htmlTable(strengthsTable(runs)),
        ),
    figure('What differs from the paper', '', differences(options.steps)),
  ].join('\n')
}

const EARLY_LATE = `<p class="below">Push over pull, each summed over steps and seeds: early is before the rate falls for the first time, late after it
fell for the last. Class centres are not moved by it.</p>`

/** Of the first seed; a panel a loss. */
function fig2(drawn: readonly Partial<Result>[]): string {
  const seed = drawn[0]?.run?.seed
  const panels = drawn.flatMap(({ run, points }) =>
    run && points && run.seed === seed ? [embedding({ run, points })] : [],
  )
  return figure(
    'Fig. 2: weights and centres',
    `The test images of seed ${seed} as the net places them, a colour a digit. An arrow is the direction of a digit’s weight, in its colour; the number stands at the centre of its training images. The line below has the accuracy on “${RARE}” and the angle between its weight and centre. Look for arrows that miss their number, and where the images of “${RARE}” lie.`,
    `<div class="grid">${panels.join('')}</div>`,
  )
}

function differences(steps: number): string {
  const epochs = (loss: string): string =>
    ((steps * BATCH) / sizesOf(loss).reduce((a, b) => a + b)).toFixed(1)
  const sizes = sizesOf('softmax')
  return `<ul>
<li>Images: ${sizes[0]} of each digit and ${sizes[RARE]} of “${RARE}”, in place of 6,000 and 300; tested on up to 190 others of each.</li>
<li>Epochs: ${epochs('softmax')} (balanced ${epochs('softmaxBalanced')}), in place of 40. The rate falls to a tenth after 3/8 and 6/8 of the steps, as there.</li>
<li>The net, SGD with rate 0.1, momentum 0.9, weight decay 5e-4 and gradients of norm 1 at most, m = 4 and lambda = 10 are those of the authors’ oldest code; the paper does not state them.</li>
<li>${titleOf('irSphereFace')}: weights are learned by A-Softmax up to the first fall of the rate; then class centres stand in for them. The paper fine-tunes a net trained with softmax. ${titleOf('softmaxIrSphereFace')}, by the code, has the two beside each other from the first step, IR-Softmax at weight 0.1; the learned softmax classifies.</li>
<li>Centres move as on page 9, at a rate of 0.1, which the paper does not state. Nor does it state whether the term that moves them draws the images too; here it does not.</li>
</ul>`
}

function partial({ runs, unfinished }: Results): string {
  if (unfinished.length === 0) return ''
  const missing = unfinished.map(({ loss, seed, step, error }) => {
    const why = error === undefined ? '' : `: ${escapeHtml(error)}`
    return `${SETTINGS[loss].title}, seed ${seed} (step ${step}${why})`
  })
  return `<p class="partial"><strong>Partial report.</strong> ${runs.length} of ${runs.length + unfinished.length} runs are done. Missing: ${missing.join('; ')}.</p>`
}
