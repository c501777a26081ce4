import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sh } from './shell.ts'
import type { Tarball } from './tarball.ts'

const TEMPLATES = join(import.meta.dirname, 'projects')

/** What a check needs: the package, and a folder for what it makes. */
export interface Context {
  readonly tarball: Tarball
  readonly home: string
}

/**
 * An empty project `name` with the tarball installed, and other packages, and the files of `projects/shared` and
 * `projects/name`. Its path.
 */
export async function project(
  { tarball, home }: Context,
  name: string,
  ...packages: string[]
): Promise<string> {
  const folder = join(home, name)
  mkdirSync(folder)
  for (const template of [join(TEMPLATES, 'shared'), join(TEMPLATES, name)]) {
    if (existsSync(template)) cpSync(template, folder, { recursive: true })
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  // Without scripts: gpu.js's optional `gl` would be compiled for minutes, where a compiler is.
  const quick = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
  await sh(folder, 'npm', 'install', ...quick, tarball.path, ...packages)
  return folder
}
