import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { htmlDocument } from '../page/document.ts'
import { escapeHtml } from '../page/svg.ts'

/** engine/NUMBERS.md: what NaN, Infinity and zeros do. Its Markdown is headings, paragraphs and tables. */
export function numbersPage(): string {
  const text = readFileSync(join(import.meta.dirname, '../../engine/NUMBERS.md'), 'utf8')
  const [first, ...blocks] = text
    .replace(/<!--.*?-->/g, '')
    .trim()
    .split(/\n{2,}/)
  const body = blocks.map(block => {
    if (block.startsWith('## ')) return `<h2>${inline(block.slice(3))}</h2>`
    if (block.startsWith('|')) return `<div class="scroll"><table>${rowsOf(block)}</table></div>`
    return `<p>${inline(block)}</p>`
  })
  return htmlDocument(
    first.slice(2),
    `<p><a href="index.html">All pages</a></p>${body.join('\n')}`,
    'td, th { text-align: left !important; vertical-align: top; white-space: normal !important }',
  )
}

/** The rows of a table; the second is the line under the head. */
const rowsOf = (block: string): string =>
  block
    .split('\n')
    .filter((_, i) => i !== 1)
    .map((line, i) => {
      const cell = i === 0 ? 'th' : 'td'
      const cells = line.slice(1, -1).split('|')
      return `<tr>${cells.map(text => `<${cell}>${inline(text.trim())}</${cell}>`).join('')}</tr>`
    })
    .join('\n')

const inline = (text: string): string =>
  escapeHtml(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<b>$1</b>')
