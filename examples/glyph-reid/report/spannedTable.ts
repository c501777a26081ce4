import { escapeHtml } from '../../page/svg.ts'

/** Columns under one heading. */
export interface Span {
  readonly title: string
  readonly heads: readonly string[]
}

export interface TableRow {
  readonly title: string
  /** HTML, one a head. */
  readonly cells: readonly Cell[]
  /** Begins a group, set off by a rule. */
  readonly begins: boolean
}

export interface Cell {
  readonly html: string
  readonly bold: boolean
}

/** A table whose first column stays in sight while the others are scrolled. */
export function spannedTable(corner: string, spans: readonly Span[], rows: readonly TableRow[]): string {
  const titles = spans.map(
    span => `<th scope="colgroup" colspan="${span.heads.length}">${escapeHtml(span.title)}</th>`,
  )
  const heads = spans.flatMap(span => span.heads.map((head, k) => th(head, k === 0)))
  const starts = new Set(startsOf(spans))
  const lines = rows.map(({ title, cells, begins }) => {
    const values = cells.map(({ html, bold }, k) => {
      const kinds = [...(bold ? ['best'] : []), ...(starts.has(k) ? ['start'] : [])]
      return `<td${classOf(kinds)}>${html}</td>`
    })
    return `<tr${classOf(begins ? ['begins'] : [])}><th scope="row">${escapeHtml(title)}</th>${values.join('')}</tr>`
  })
  return `<div class="scroll"><table class="spanned"><thead><tr><th rowspan="2">${escapeHtml(corner)}</th>${titles.join('')}</tr>
<tr>${heads.join('')}</tr></thead><tbody>${lines.join('\n')}</tbody></table></div>`
}

const th = (head: string, starts: boolean): string =>
  `<th scope="col"${classOf(starts ? ['start'] : [])}>${escapeHtml(head)}</th>`

const classOf = (names: readonly string[]): string =>
  names.length === 0 ? '' : ` class="${names.join(' ')}"`

/** The columns at which spans begin. */
function startsOf(spans: readonly Span[]): number[] {
  let at = 0
  return spans.map(({ heads }) => {
    at += heads.length
    return at - heads.length
  })
}
