import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { afterAll } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const entries = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports as Record<
  string,
  { default: string }
>

let compiled: string | undefined
afterAll(() => {
  if (compiled !== undefined) rmSync(compiled, { recursive: true })
})

/** The library as JavaScript, compiled once a test file: a program then starts in a quarter of tsx's time. */
function library(): string {
  if (compiled !== undefined) return compiled
  // Where the library's dependencies are found.
  const cache = join(root, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  compiled = mkdtempSync(join(cache, 'sources-'))
  writeFileSync(join(compiled, 'package.json'), '{ "type": "module" }')
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const output = ['--outDir', join(compiled, 'dist'), '--declaration', 'false', '--noCheck']
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), ...output])
  return compiled
}

const onSources = (code: string): string =>
  code.replace(/from '(ir-softmax[^']*)'/g, (_, entry: string) => {
    const file = join(library(), entries[entry.replace(/^ir-softmax/, '.')].default)
    return `from '${pathToFileURL(file).href}'`
  })

/** Runs a user's program in `folder` on the sources of this library; what it prints. */
export async function runOnSources(code: string, folder: string): Promise<string> {
  const file = join(folder, 'snippet.mjs')
  writeFileSync(file, (await transform(onSources(code), { loader: 'ts' })).code)
  return (await promisify(execFile)(process.execPath, [file], { cwd: folder })).stdout
}
