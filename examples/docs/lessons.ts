import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { htmlDocument } from '../page/document.ts'
import { escapeHtml } from '../page/svg.ts'

/** One lesson of the tutorial: a program that explains itself. */
export interface Lesson {
  readonly file: string
  readonly title: string
  readonly text: string
}

const FOLDER = join(import.meta.dirname, '..', 'tutorial')

export function readLessons(): Lesson[] {
  return readdirSync(FOLDER)
    .filter(name => name.endsWith('.ts'))
    .sort()
    .map(name => {
      const text = readFileSync(join(FOLDER, name), 'utf8')
      const title = text.match(/^ \* \d+\. (.*?) {2,}/m)?.[1]
      if (title === undefined) throw new Error(`${name}: a title expected in its first comment`)
      return { file: name.replace(/\.ts$/, ''), title, text }
    })
}

/** The program as it stands, what it prints marked. */
export function lessonPage({ title, text }: Lesson): string {
  const lines = text
    .trimEnd()
    .split('\n')
    .map(line => {
      const mark = /^\s*\/\/ ->/.test(line) ? 'prints' : /^\s*(\/\/|\/?\*)/.test(line) ? 'says' : ''
      return mark === '' ? escapeHtml(line) : `<span class="${mark}">${escapeHtml(line)}</span>`
    })
  return htmlDocument(
    title,
    `<p><a href="../index.html">All lessons</a></p><pre>${lines.join('\n')}</pre>`,
    `body { max-width: 1080px } pre { overflow-x: auto; font-size: .95rem; line-height: 1.5 }
.says { color: var(--soft) } .prints { background: var(--mark) }`,
  )
}
