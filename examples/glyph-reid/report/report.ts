import { htmlDocument } from '../../page/document.ts'
import { legend } from '../../page/legend.ts'
import { figure } from '../../page/svg.ts'
import type { Run } from '../train/results.ts'
import { type About, footer, lead, partialNote } from './about.ts'
import { anglesBySize } from './angles.ts'
import { figuresTable } from './figuresTable.ts'
import { findings } from './findings.ts'
import { wholeSeconds } from './format.ts'
import { gainsTable } from './gains.ts'
import { CLOSED, KEY, OPEN } from './measures.ts'
import { overview } from './overview.ts'
import { type Glyphs, retrievalPicture } from './retrieval.ts'
import { rocCurves } from './roc.ts'
import { extent, median } from './statistics.ts'
import { style } from './style.ts'
import { stylesOf } from './styles.ts'
import { evaluations, lossCurves } from './training.ts'
import { panelsOf, type Variant, variantsOf } from './variants.ts'

/** The report: one HTML file that needs nothing else. `set` is what the indices of the matches point into. */
export function report(runs: readonly Run[], set: Glyphs, about: About): string {
  const body =
    runs.length === 0 ? '<p>No run was done, so there is nothing to show.</p>' : sections(runs, set, about)
  return htmlDocument(
    'Glyphs: many identities, few images',
    `${partialNote(about)}${body}${footer(runs, about)}`,
    style,
  )
}

function sections(runs: readonly Run[], set: Glyphs, about: About): string {
  const variants = variantsOf(runs)
  const styles = stylesOf(variants)
  const key = legend(styles.keys)
  const several = new Set(runs.map(run => run.seed)).size > 1
  const means = several ? ' Means over the seeds.' : ''
  const grey = panelsOf(variants).length > 1 ? ' A picture a margin; the losses of the others are grey.' : ''
  const short = findings(variants)
  const gains = gainsTable(variants, KEY)
  const along = evaluations(variants, styles)
  return [
    lead(runs, about),
    short &&
      figure(
        'In short',
        'Do class centres as prototypes help the tail, and do they help the open set? Each row sets the best loss of the one kind against the best of the other, chosen for that row alone; whether one loss wins them all, the pictures and tables below tell.',
        short,
      ),
    figure(
      'Tail and open set at a glance',
      `Filled: class centres; hollow: learned prototypes. Look for a loss that is far right in every picture.${several ? ' Large dots are means over the seeds, small ones single runs.' : ''}`,
      overview(variants, styles),
    ),
    gains &&
      figure(
        'What class centres change',
        `In points, of the same margin and the same seed.${several ? ' Below it, in how many seeds it is a gain; bold where in all or in none.' : ''} Where the columns of prototypes gain and those of the nearest mean do not, the embedding was fine and the prototypes were not.`,
        gains,
      ),
    figure(
      'Closed set: trained identities in unseen fonts',
      `Accuracy in %, every identity counted alike; many are those of at least 30 training images, medium of 6 to 29, few of at most 5.${reading(variants.length, several)}`,
      figuresTable(variants, CLOSED),
    ),
    figure(
      'Open set: identities never trained on',
      `In %. Retrieval finds an identity’s other images in other font families (rank-1, rank-5, mAP); verification tells pairs of one identity from pairs of two (AUC, and the true accept rate at two false accept rates).${reading(variants.length, several)}`,
      OPEN.map(group => figuresTable(variants, [group])).join(''),
    ),
    figure(
      'Verification: ROC curves',
      `How many pairs of one identity are accepted when so many pairs of two are. Dotted: the rates of the table. Higher is better, and the left is where a gate has to work.${means}${grey}`,
      key + rocCurves(variants, styles),
    ),
    figure(
      'Angle between prototype and class centre',
      `Does an identity’s prototype point where its training images are? Large identities are at the left; look at how a line goes on into the shade, where there are at most 5 images. Lines are medians over classes of about one size${several ? ' and over the seeds' : ''}, dots are single classes${several ? ' of the first seed' : ''}. Class centres follow those very images; what is left of their angle is how far the net has moved on since, and the common mean that is taken off.`,
      key + anglesBySize(variants, styles),
    ),
    figure(
      'Retrieval',
      `Images of P2 and the ten images nearest to each in other font families: ✓ with a solid frame, the same identity; ✗ with a dashed one, another. An identity may have fewer than ten other images. The names are in the images’ tooltips.${choice(variants)}${several ? ' First seed.' : ''}`,
      retrievalPicture(variants, set),
    ),
    figure(
      'Training',
      'Look for lines that fall and settle. The loss compares within a margin only, for a margin makes it larger by itself.' +
        times(runs),
      key + lossCurves(variants, styles) + (along && `<p>Retrieval on P1 along the way.${means}</p>${along}`),
    ),
  ].join('\n')
}

function times(runs: readonly Run[]): string {
  const seconds = runs.map(run => run.trainSeconds)
  const [shortest, longest] = extent(seconds).map(wholeSeconds)
  return seconds.length === 1
    ? ` It took ${shortest} s.`
    : ` A training took ${wholeSeconds(median(seconds))} s (median; ${shortest} to ${longest} s).`
}

/** Which losses the retrieval picture has, where there are others. */
function choice(variants: readonly Variant[]): string {
  if (variants.length <= 2) return ''
  return new Set(variants.map(v => v.ir)).size === 2
    ? ' Of class centres and of learned prototypes, the loss of the highest mAP on P2.'
    : ' The two losses of the highest mAP on P2.'
}

/** How to read a table of figures. */
const reading = (variants: number, several: boolean): string =>
  (several ? ' Means over the seeds ± their standard deviation.' : '') +
  (variants > 1 ? ' The best of each column is bold.' : '')
