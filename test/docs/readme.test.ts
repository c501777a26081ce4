import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const entries = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports as Record<
  string,
  { default: string }
>

/** The source behind an entry point of the package: what is built from it stands at the same place in dist. */
function sourceOf(entry: string): string {
  const built = entries[entry.replace(/^ir-softmax/, '.')].default
  return pathToFileURL(join(root, built.replace('./dist/', '').replace(/\.js$/, '.ts'))).href
}

const snippets = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(
  match => match[1].replace(/from '(ir-softmax[^']*)'/g, (_, entry: string) => `from '${sourceOf(entry)}'`),
)

describe('README', () => {
  it('has the snippets that it promises: to import and to check', () => {
    expect(snippets.length).toBe(2)
  })

  it.each(snippets.map((code, i) => ({ code, i })))('snippet $i runs as it stands', async ({ code, i }) => {
    const folder = mkdtempSync(join(tmpdir(), 'readme-'))
    try {
      const file = join(folder, `snippet${i}.mts`)
      writeFileSync(file, code)
      const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs')
      await expect(promisify(execFile)(process.execPath, [tsx, file])).resolves.toBeDefined()
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
