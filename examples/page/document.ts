import { escapeHtml } from './svg.ts'

/** A whole page in one file that asks for nothing else. `more` is style that only this page needs. */
export const htmlDocument = (title: string, body: string, more = ''): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}${more}</style></head><body>
<h1>${escapeHtml(title)}</h1>
${body}
</body></html>
`

/** The page's own style: light and dark, wide and as narrow as a phone. */
export const style = `
:root { color-scheme: light dark; --page: #fff; --ink: #1d1f23; --soft: #5b616b; --rule: #d9dce1; --mark: #fff4d6 }
@media (prefers-color-scheme: dark) {
  :root { --page: #15171a; --ink: #e6e8eb; --soft: #a3a9b3; --rule: #34383f; --mark: #3a3014 }
  svg { filter: brightness(1.25) }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 860px; padding: 24px 18px 64px; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4em }
h2 { font-size: 1.2rem; margin: 2.4em 0 .3em }
p { margin: .4em 0 1em; max-width: 68ch }
.lead, footer, figcaption { color: var(--soft) }
.partial { background: var(--mark); padding: 10px 14px; border-radius: 6px; overflow-wrap: anywhere }
.scroll { overflow-x: auto; background: linear-gradient(to right, var(--page) 16px, transparent) left / 32px 100% no-repeat local,
    linear-gradient(to left, var(--page) 16px, transparent) right / 32px 100% no-repeat local,
    linear-gradient(to right, var(--rule), transparent) left / 14px 100% no-repeat,
    linear-gradient(to left, var(--rule), transparent) right / 14px 100% no-repeat }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
td { white-space: nowrap }
th, td { padding: 5px 8px; vertical-align: bottom; text-align: right; border-bottom: 1px solid var(--rule) }
th { color: var(--soft); font-weight: 600 }
th:first-child, td:first-child { text-align: left; padding-left: 0 }
tr.mean td { font-weight: 600 }
.grid { display: grid; gap: 10px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)) }
figure { margin: 0 }
figcaption { text-align: center; font-size: .92rem }
svg.plot { display: block; width: 100%; height: auto; overflow: visible; margin: 0 auto; max-width: 720px }
.grid svg.plot { max-width: 400px }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 0; margin: 0 0 6px; font-size: .92rem }
.legend svg { vertical-align: -2px }
footer { margin-top: 3em; border-top: 1px solid var(--rule); padding-top: 1em; font-size: .9rem }
code { font-size: .92em }
`
