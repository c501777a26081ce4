import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, sh } from './shell.ts'
import type { Tarball } from './tarball.ts'

/** The version of a package that this repository has. */
export const versionOf = (name: string): string =>
  JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')).version

/** What `ir-softmax/gpu` and `ir-softmax/testing` need beside the package. */
export const GPU_JS = `gpu.js@${versionOf('gpu.js')}`
export const FAST_CHECK = `fast-check@${versionOf('fast-check')}`

const TEMPLATES = join(import.meta.dirname, 'projects')

/** What a check needs: the package, and a folder for what it makes. */
export interface Context {
  readonly tarball: Tarball
  readonly home: string
}

/** A folder with the files of `projects/shared` and `projects/name`, and nothing installed. Its path. */
export function bare(home: string, name: string): string {
  const folder = join(home, name)
  mkdirSync(folder)
  for (const template of [join(TEMPLATES, 'shared'), join(TEMPLATES, name)]) {
    if (existsSync(template)) cpSync(template, folder, { recursive: true })
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  return folder
}

/** The same with the tarball installed, and other packages. */
export async function project(
  { tarball, home }: Context,
  name: string,
  ...packages: string[]
): Promise<string> {
  const folder = bare(home, name)
  // Without scripts: gpu.js's optional `gl` would be compiled for minutes, where a compiler is.
  const quick = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
  await sh(folder, 'npm', 'install', ...quick, tarball.path, ...packages)
  return folder
}
