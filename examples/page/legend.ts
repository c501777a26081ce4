import type { LineStyle } from './colors.ts'
import { escapeHtml } from './svg.ts'

/** A line of the pictures and what it is called. */
export interface Key extends LineStyle {
  readonly title: string
}

/** A legend, for every picture in which losses are lines. */
export function legend(keys: readonly Key[]): string {
  const items = keys.map(({ title, color, dash }) => {
    const line = `<line x1="1" x2="33" y1="7" y2="7" stroke="${color}" stroke-width="2.5" stroke-dasharray="${dash}"/>`
    const dot = `<circle cx="17" cy="7" r="4" stroke="${color}" stroke-width="2" fill="${dash === 'none' ? color : 'var(--page)'}"/>`
    return `<li><svg width="34" height="14" aria-hidden="true">${line}${dot}</svg> ${escapeHtml(title)}</li>`
  })
  return `<ul class="legend">${items.join('')}</ul>`
}
