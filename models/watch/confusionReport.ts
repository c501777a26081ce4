import { checkFunction, checkGiven, type OptionNames, refusal } from '../../engine/check.ts'
import type { Confusion } from './confusions.ts'

export interface ConfusionReportOptions {
  /** Where the image of a row is: what stands in the page as the image's `src`, a path beside it, a URL, or `data:`. */
  image: (row: number) => string
  /** What an identity is called. Default its number. */
  name?: (identity: number) => string
  /** Default `Confused identities`. */
  title?: string
}

const KNOWN = {
  image: ['src', 'images'],
  name: ['names', 'label'],
  title: true,
} satisfies OptionNames<ConfusionReportOptions>

/**
 * A page of HTML, one file, with the pairs of identities that `confusions` found, and of each pair the two images that are nearest:
 *
 *     const pairs = await confusions(embed(net, x), y)
 *     writeFileSync('confused.html', confusionReport(pairs, { image: row => `photos/${files[row]}` }))
 *
 * Where both names stand for one person, or an image stands under the wrong name, the data has an error, not the net.
 */
export function confusionReport(pairs: readonly Confusion[], options: ConfusionReportOptions): string {
  const op = 'confusionReport'
  checkGiven(op, options, KNOWN)
  const { image, name = String, title = 'Confused identities' } = options
  if (!Array.isArray(pairs)) throw refusal(op, 'pairs, as confusions() gives them,', pairs)
  checkFunction(op, 'image', image)
  checkFunction(op, 'name', name)
  const figure = (row: number, identity: number): string =>
    `<figure><img src="${escaped(image(row))}" alt="row ${row}" loading="lazy">` +
    `<figcaption>${escaped(name(identity))}, row ${row}</figcaption></figure>`
  const pair = ({ a, b, rows, errors, images, cosine }: Confusion): string =>
    `<section>${figure(rows[0], a)}${figure(rows[1], b)}` +
    `<p>${errors} of ${images} images nearer to the other; nearest cosine ${cosine.toFixed(3)}</p></section>`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(title)}</h1>
${pairs.length === 0 ? '<p>None.</p>' : pairs.map(pair).join('\n')}
</body></html>
`
}

const STYLE = `:root { color-scheme: light dark } body { font: 16px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em }
section { display: flex; flex-wrap: wrap; gap: 1em; align-items: center; border-top: 1px solid #8886; padding: 1em 0 }
figure { margin: 0 } img { width: 128px; height: 128px; object-fit: contain; display: block }`

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
