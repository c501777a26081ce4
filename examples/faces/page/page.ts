import { join } from 'node:path'
import { recordIo, verificationBin } from '../../../models/images/index.ts'
import { htmlDocument } from '../../page/document.ts'
import { titleOf } from '../../page/names.ts'
import { escapeHtml, figure } from '../../page/svg.ts'
import { htmlTable } from '../../page/tables.ts'
import type { FaceSet } from '../files/set.ts'
import { counts } from '../people.ts'
import type { Mistake, Results } from '../results.ts'
import { figuresTable } from '../table.ts'
import { curves } from './curves.ts'
import { jpeg } from './jpeg.ts'

const STYLE = `.faces { display: flex; flex-wrap: wrap; gap: 4px } .faces img { width: 72px; height: 72px; border-radius: 4px }
.pairs { display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(152px, 1fr)) }
.pairs img { width: 72px; height: 72px; border-radius: 4px }
.faces + .faces { margin-top: 4px }`

/** People whose pictures are shown, and pictures of each. */
const [PEOPLE, VIEWS] = [4, 8]

/** The report: one HTML file that needs nothing else. */
export async function page(results: Results, set: FaceSet): Promise<string> {
  const { options, runs, unfinished } = results
  const { identities, strangers } = options.size
  const images = counts(options.size).reduce((a, b) => a + b, 0)
  return htmlDocument(
    'Faces, from pictures to a verified net',
    `<p class="lead">${options.net} trained on ${images.toLocaleString('en')} drawn pictures of ${identities.toLocaleString('en')} people, 112 x 112,
of whom the commonest has ${options.size.most} and most have ${options.size.least} or a few more; and asked of pairs of ${strangers.toLocaleString('en')} strangers whether they are one person.</p>
${unfinished.length === 0 ? '' : `<p class="partial"><strong>Partial report.</strong> Missing: ${unfinished.map(({ loss, seed, step, error }) => escapeHtml(`${titleOf(loss)}, seed ${seed} (step ${step}${error === undefined ? '' : `: ${error}`})`)).join('; ')}.</p>`}
${figure('Who is in the set', 'A row a person, of the commonest. Pose, light, expression, hair over the brow, glasses, beard, hat, blur, noise and JPEG change; the face does not.', await people(set))}
${runs.length === 0 ? '<p>No run was done, so there is nothing to show.</p>' : await sections(results, set)}
<footer>${options.steps} steps of ${options.batch} images; each sees ${100 * options.rate} % of the classes. The same figures stand in <code>results.json</code>.</footer>`,
    STYLE,
  )
}

async function sections({ runs }: Results, set: FaceSet): Promise<string> {
  const [first] = runs
  return [
    figure(
      'Verification',
      `Percent. Accuracy: ten folds, each at the threshold that is best on the others. TAR at a FAR: how many pairs of one person are accepted where that share of the others may be; the rate of ${first.rates.at(-1)?.far} allows ${first.rates.at(-1)?.allowed} pairs. “Trained W”: numbers of class weights that the optimiser moves and keeps moments of; class centres have none.`,
      htmlTable(figuresTable(runs)),
    ),
    figure(
      'The loss along the training',
      'Means over hundredths of the training. Different losses have different scales: look whether each still falls.',
      curves(runs),
    ),
    ...(await Promise.all(
      runs
        .filter(({ seed }) => seed === first.seed)
        .map(async ({ loss, mistakes }) =>
          figure(
            `${titleOf(loss)}: what it gets wrong`,
            'The pairs furthest on the wrong side of the threshold: first one person taken for two, then two taken for one. Below each its cosine.',
            await pairs(mistakes, set),
          ),
        ),
    )),
  ].join('\n')
}

async function people(set: FaceSet): Promise<string> {
  const images = recordIo(join(set.folder, 'train.rec'))
  try {
    let at = 0
    const rows: string[] = []
    for (const n of counts(set.size).slice(0, PEOPLE)) {
      const shown = await Promise.all(
        Array.from({ length: Math.min(n, VIEWS) }, (_, i) => images.read(at + i)),
      )
      rows.push(
        `<div class="faces">${shown.map(bytes => jpeg(bytes, `a picture of person ${rows.length}`)).join('')}</div>`,
      )
      at += n
    }
    return rows.join('')
  } finally {
    await images.close()
  }
}

async function pairs(mistakes: readonly Mistake[], set: FaceSet): Promise<string> {
  if (mistakes.length === 0) return '<p>Nothing.</p>'
  const tests = verificationBin(join(set.folder, 'strangers.bin'))
  try {
    const cells = await Promise.all(
      mistakes.map(async ({ pair, cosine, same }) => {
        const [a, b] = await Promise.all([tests.images.read(2 * pair), tests.images.read(2 * pair + 1)])
        const said = `${same ? 'one person' : 'two people'}, ${cosine.toFixed(2)}`
        return `<figure>${jpeg(a, said)} ${jpeg(b, said)}<figcaption>${said}</figcaption></figure>`
      }),
    )
    return `<div class="pairs">${cells.join('')}</div>`
  } finally {
    await tests.images.close()
  }
}
