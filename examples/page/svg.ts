import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

/** A plot as the text of an SVG. Coordinates are cut to hundredths of a pixel: half the size, the same picture. */
export function svg(label: string, options: Plot.PlotOptions): string {
  const { document } = parseHTML('<html><body></body></html>')
  const plot = Plot.plot({
    ...options,
    document,
    ariaLabel: label,
    className: 'plot',
    style: { fontSize: '14px' },
  })
  plot.setAttribute('role', 'img')
  return plot.outerHTML
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, tag =>
      tag.replace(/-?\d+\.\d{3,}/g, number => String(Math.round(Number(number) * 100) / 100)),
    )
}

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] as string)

/** A picture under its heading, with a line on what to look for. */
export const figure = (heading: string, lookFor: string, pictures: string): string =>
  `<section><h2>${heading}</h2><p>${lookFor}</p>${pictures}</section>`
