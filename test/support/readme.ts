import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

/** The README's programs: what stands in its blocks of TypeScript. */
export const SNIPPETS: readonly string[] = [...README.matchAll(/```ts\n([\s\S]*?)```/g)].map(
  match => match[1],
)

/** The one that trains on a folder of images. */
export const PHOTOS = SNIPPETS.find(code => code.includes("imageFolder('photos'")) ?? ''
