import { style } from './style.ts'
import { escapeHtml } from './svg.ts'

/** A whole page in one file that asks for nothing else. `more` is style that only this page needs. */
export const htmlDocument = (title: string, body: string, more = ''): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}${more}</style></head><body>
<h1>${escapeHtml(title)}</h1>
${body}
</body></html>
`
