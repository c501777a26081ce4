import { readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { marked } from 'marked'
import { htmlDocument } from '../page/document.ts'

export const ROOT = join(import.meta.dirname, '..', '..')

/** The Markdown files that the site holds, as paths from the root, in the order of reading. */
export const MARKDOWN: readonly string[] = [
  'README.md',
  ...[
    'overview',
    'training',
    'watching',
    'images',
    'containers',
    'glyphs',
    'evaluation',
    'recognition',
    'losses',
    'which-loss',
    'migration',
    'paper',
    'ops',
    'interchange',
    'backends',
    'gpu',
    'benchmarks',
    'package',
    'checking',
  ].map(name => `examples/docs/${name}.md`),
  'engine/NUMBERS.md',
  'examples/paper/README.md',
  'examples/glyph-reid/README.md',
  'examples/faces/README.md',
  'examples/image-sets/README.md',
  'examples/head/README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
]

/** Where a file of the repository stands in the site; sources are shown as pages of their own. */
export function placeOf(path: string): string {
  const { dir, name, ext } = posix.parse(path)
  if (dir === 'examples/tutorial') return `tutorial/${name}.html`
  if (ext === '.png') return `source/${path}`
  if (ext !== '.md') return `source/${path}.html`
  // A folder may have the name of a page: examples/paper, and paper.md.
  return `${name === 'README' && dir !== '' ? dir.replaceAll('/', '-') : name.toLowerCase()}.html`
}

export interface MarkdownPage {
  readonly title: string
  readonly html: string
  /** The files of the repository that it links to. */
  readonly linked: readonly string[]
}

/** A Markdown file as a page: its links to files of the repository lead to their places in the site. */
export function markdownPage(path: string): MarkdownPage {
  const text = readFileSync(join(ROOT, path), 'utf8').replace(/<!--.*?-->/gs, '')
  const title = text.match(/^# (.+)$/m)?.[1]
  if (title === undefined) throw new Error(`${path}: a title expected, a line that begins with #`)
  const linked: string[] = []
  /** The place in the site of what the page links to. */
  const placed = (href: string): string => {
    const [file, anchor] = href.split('#')
    const target = posix.join(posix.dirname(path), file)
    if (!statSync(join(ROOT, target), { throwIfNoEntry: false })?.isFile())
      throw new Error(`${path}: a link to a file expected, got ${href}`)
    linked.push(target)
    return hrefBetween(placeOf(path), placeOf(target)) + (anchor === undefined ? '' : `#${anchor}`)
  }
  const tokens = marked.lexer(text.replace(/^# .+$/m, ''))
  marked.walkTokens(tokens, token => {
    if (token.type === 'html') {
      const text: string = token.text
      token.text = text.replace(/(<img src=")([^"]+)/g, (_, tag, src) => tag + placed(src))
    }
    const local = (token.type === 'link' || token.type === 'image') && !/^(https?:|#)/.test(token.href)
    if (local) token.href = placed(token.href)
  })
  const body = marked
    .parser(tokens)
    .replace(
      /<h([2-4])>(.*?)<\/h\1>/g,
      (_, level, inner) => `<h${level} id="${slug(inner)}">${inner}</h${level}>`,
    )
    .replace(/<table>.*?<\/table>/gs, table => `<div class="scroll">${table}</div>`)
  const home = hrefBetween(placeOf(path), 'index.html')
  const html = htmlDocument(title, `<p><a href="${home}">All pages</a></p>\n${body}`, STYLE)
  return { title, html, linked }
}

export const hrefBetween = (from: string, to: string): string => posix.relative(posix.dirname(from), to)

/** The anchor that GitHub gives a heading. */
const slug = (html: string): string =>
  html
    .replace(/<[^>]*>|&[a-z#0-9]+;/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const STYLE = `
td, th { text-align: left !important; vertical-align: top; white-space: normal !important; min-width: 4em }
pre { background: color-mix(in srgb, var(--rule) 30%, transparent); padding: 10px 14px; border-radius: 6px; overflow-x: auto; font-size: .9rem }
p code, li code { overflow-wrap: anywhere }
.scroll { margin-bottom: 1em }
img { max-width: 100%; height: auto }
`
