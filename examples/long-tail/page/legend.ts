import { titleOf } from '../names.ts'
import { styleOf } from './colors.ts'

/** A legend, for every picture in which losses are lines. */
export function legend(losses: readonly string[]): string {
  const items = losses.map(loss => {
    const { color, dash } = styleOf(loss)
    const line = `<line x1="1" x2="33" y1="7" y2="7" stroke="${color}" stroke-width="2.5" stroke-dasharray="${dash}"/>`
    const dot = `<circle cx="17" cy="7" r="4" stroke="${color}" stroke-width="2" fill="${dash === 'none' ? color : 'var(--page)'}"/>`
    return `<li><svg width="34" height="14" aria-hidden="true">${line}${dot}</svg> ${titleOf(loss)}</li>`
  })
  return `<ul class="legend">${items.join('')}</ul>`
}
