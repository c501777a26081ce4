import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { htmlDocument } from '../page/document.ts'
import { escapeHtml } from '../page/svg.ts'
import { hrefBetween, placeOf, ROOT } from './markdown.ts'

/** A file of the repository with numbered lines, for links to `#L12`. */
export function sourcePage(path: string): string {
  const lines = readFileSync(join(ROOT, path), 'utf8').trimEnd().split('\n')
  const home = hrefBetween(placeOf(path), 'index.html')
  return htmlDocument(
    path,
    `<p><a href="${home}">All pages</a></p>
<pre>${lines.map((line, i) => `<span id="L${i + 1}">${escapeHtml(line)}</span>`).join('\n')}</pre>`,
    `body { max-width: 1080px } pre { overflow-x: auto; font-size: .9rem; line-height: 1.45; counter-reset: line }
pre span { counter-increment: line } span:target { background: var(--mark) }
pre span::before { content: counter(line); display: inline-block; width: 3em; margin-right: 1em; text-align: right; color: var(--soft) }`,
  )
}
