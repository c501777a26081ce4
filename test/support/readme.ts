import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MARKDOWN, ROOT } from '../../examples/docs/markdown.ts'

/** A program of the README or of a page: what stands in a block of TypeScript. */
export interface Snippet {
  readonly path: string
  readonly code: string
}

export const SNIPPETS: readonly Snippet[] = MARKDOWN.filter(
  path => path === 'README.md' || path.startsWith('examples/docs/'),
).flatMap(path =>
  [...readFileSync(join(ROOT, path), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => ({
    path,
    code,
  })),
)

/** The one that trains on a folder of images. */
export const PHOTOS = SNIPPETS.find(({ code }) => code.includes("imageFolder('photos'"))?.code ?? ''

/** The one that says who an image shows. */
export const PEOPLE = SNIPPETS.find(({ code }) => code.includes("'new.jpg:', answer.identity"))?.code ?? ''
