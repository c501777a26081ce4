import { LOSSES } from '../../losses/index.ts'
import { htmlDocument } from '../page/document.ts'
import { titleOf } from '../page/names.ts'
import { escapeHtml } from '../page/svg.ts'
import type { Lesson } from './lessons.ts'

/** The first page: what there is to read. */
export function indexPage(
  lessons: readonly Lesson[],
  pages: readonly { readonly place: string; readonly title: string }[],
  api: boolean,
): string {
  return htmlDocument(
    'ir-softmax',
    `<p>A tensor and autodiff engine in TypeScript, and on it the margin losses of face recognition with IR-Softmax.</p>
<h2>Read</h2>
<ul>${pages.map(({ place, title }) => `<li><a href="${place}">${escapeHtml(title)}</a></li>`).join('\n')}</ul>
<h2>Learn it: five lessons</h2>
<ol>${lessons.map(({ file, title }) => `<li><a href="tutorial/${file}.html">${escapeHtml(title)}</a></li>`).join('\n')}</ol>
<h2>The losses</h2>
<p>A loss is a margin over a prototype rule; IR-Softmax is the rule that the prototypes are the class centres.</p>
<div class="scroll"><table><tr><th>margin</th><th>learned weights</th><th>class centres</th></tr>
${marginRows()}</table></div>
${api ? '<h2>The API</h2><p><a href="api/index.html">Every function, class and option</a>, out of the docstrings.</p>' : ''}`,
    'td, th { text-align: left !important } li { margin: .3em 0 }',
  )
}

function marginRows(): string {
  const margins = [...new Set(LOSSES.map(({ name, margin }) => (margin === 'none' ? name : margin)))]
  const cell = (row?: { name: string }): string =>
    row === undefined ? '' : `<a href="losses/${row.name}.html">${titleOf(row.name)}</a>`
  return margins
    .map(margin => {
      const rows = LOSSES.filter(row => row.margin === margin || row.name === margin)
      const of = (rule: string): string => cell(rows.find(row => row.prototypes === rule))
      return `<tr><td>${titleOf(margin)}</td><td>${of('learned')}</td><td>${of('classCenters')}</td></tr>`
    })
    .join('\n')
}
