import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

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

const onSources = (code: string): string =>
  code.replace(/from '(ir-softmax[^']*)'/g, (_, entry: string) => `from '${sourceOf(entry)}'`)

/** Runs a user's program in `folder` on the sources of this library; what it prints. */
export async function runOnSources(code: string, folder: string): Promise<string> {
  const file = join(folder, 'snippet.mts')
  writeFileSync(file, onSources(code))
  const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs')
  return (await promisify(execFile)(process.execPath, [tsx, file], { cwd: folder })).stdout
}
