import type { LossRow } from '../../../losses/index.ts'
import { htmlDocument } from '../../page/document.ts'
import { titleOf } from '../../page/names.ts'
import { escapeHtml } from '../../page/svg.ts'
import { curves } from './curves.ts'
import { whenToUse } from './guidance.ts'
import { parametersOf } from './parameters.ts'
import { snippet } from './snippet.ts'

/** All about one loss: equation, paper, curves, when to use it, parameters, a program. */
export function lossPage(row: LossRow): string {
  const title = titleOf(row.name)
  return htmlDocument(
    title,
    `<p><a href="../index.html">All losses</a></p>
<pre class="equation">${escapeHtml(equationOf(row))}</pre>
<p>${source(row)}</p>
${whenToUse(row).map(paragraph).join('\n')}
${paperSettings(row)}
<h2>What it does to the angle</h2>
<p>${
      row.defaultMargin === undefined
        ? 'For unit vectors, theta apart: what a sample costs, and how hard it is pulled.'
        : 'Left: what replaces cos theta at the right class. Right: its slope, the strength with which an image at that angle is pulled to its prototype. Parameters are the defaults.'
    }</p>
${curves(row)}
<h2>Parameters</h2>
<div class="scroll"><table class="wide"><tr><th>option</th><th>default</th><th>what it is</th></tr>
${parameterRows(row)}</table></div>
<h2>Train with it</h2>
<pre>${escapeHtml(snippet(row))}</pre>`,
    STYLE,
  )
}

const STYLE = `
pre { background: color-mix(in srgb, var(--rule) 30%, transparent); padding: 10px 14px; border-radius: 6px; overflow-x: auto; font-size: .9rem }
.equation { font-size: 1.05rem; white-space: pre-wrap }
table.wide td { white-space: normal; text-align: left; vertical-align: top }
table.wide th { text-align: left }
`

/** Of the mean over samples where the logits are given; a loss without logits is its equation. */
const equationOf = ({ equation, defaultMargin }: LossRow): string =>
  defaultMargin === undefined
    ? equation
    : `loss = CE(z, y) = -z_y + ln sum_j e^z_j\n${equation.replaceAll('; ', '\n').replaceAll(', z_', '\nz_')}`

function source({ paper, ours }: LossRow): string {
  const from = paper === '' ? '' : `From ${linked(paper)}.`
  return `${from}${ours === '' ? '' : ` Ours: ${escapeHtml(ours)}.`}`.trim()
}

/** What the paper trained with, what a call without options does, and why they differ. */
const paperSettings = ({ paperSettings: { paper, defaults, why } }: LossRow): string =>
  `<p><b>Paper settings</b>: ${escapeHtml(paper)}<br><b>Defaults here</b>: ${escapeHtml(defaults)}. ${escapeHtml(why)}</p>`

/** arXiv numbers as links. */
const linked = (paper: string): string =>
  escapeHtml(paper).replace(
    /arXiv:(\d{4}\.\d{5}(?:v\d)?)/g,
    '<a href="https://arxiv.org/abs/$1">arXiv:$1</a>',
  )

const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>`

function parameterRows(row: LossRow): string {
  return parametersOf(row)
    .map(({ name, about }) => {
      const value = row.defaults[name]
      const shown = value === undefined ? '' : `<code>${escapeHtml(JSON.stringify(value))}</code>`
      return `<tr><td><code>${name}</code></td><td>${shown}</td><td>${escapeHtml(about)}</td></tr>`
    })
    .join('\n')
}
