import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { memo } from '../../engine/memo.ts'
import { compiledBy } from './compiled.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const entries = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports as Record<
  string,
  { default: string }
>

/** The library as JavaScript, compiled once a process: a program then starts in a quarter of tsx's time. */
const library = memo<void, string>(() => {
  const folder = join(compiledBy(process.ppid), `${process.pid}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const output = ['--outDir', join(folder, 'dist'), '--declaration', 'false', '--noCheck']
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), ...output])
  return folder
})

const onSources = (code: string): string =>
  code.replace(/from '(ir-softmax[^']*)'/g, (_, entry: string) => {
    const file = join(library(), entries[entry.replace(/^ir-softmax/, '.')].default)
    return `from '${pathToFileURL(file).href}'`
  })

/** Writes a user's program into `folder`, on the sources of this library; the path of what Node can run. */
export async function programOnSources(code: string, folder: string): Promise<string> {
  const file = join(folder, 'snippet.mjs')
  writeFileSync(file, (await transform(onSources(code), { loader: 'ts' })).code)
  return file
}

/** Runs a user's program in `folder` on the sources of this library; what it prints. */
export async function runOnSources(code: string, folder: string): Promise<string> {
  const file = await programOnSources(code, folder)
  return (await promisify(execFile)(process.execPath, [file], { cwd: folder })).stdout
}
