import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HOME, LOCK, MODULES } from './folders.ts'

/** What a person may type instead. */
const COMMAND = 'npm ci --prefix examples/glyph-reid'

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string }>>
}

/** Whether each font package is there in the version of the lock file; half an installation is none. */
export function fontsInstalled(modules = MODULES, lock = LOCK): boolean {
  const { packages } = JSON.parse(readFileSync(lock, 'utf8')) as Lock
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .every(([path, { version }]) => versionAt(join(modules, path.replace('node_modules/', ''))) === version)
}

function versionAt(folder: string): string | undefined {
  const file = join(folder, 'package.json')
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
    : undefined
}

/** Installs the fonts where they are not; npm's own progress goes to standard error. */
export function installFonts(say: (line: string) => void): void {
  if (fontsInstalled()) return
  say(`Installing the fonts, once: ${COMMAND} (106 packages, 30 MB)`)
  // Standard output may be JSON for a program.
  const options = {
    cwd: HOME,
    stdio: ['ignore', 2, 2] as ['ignore', 2, 2],
    shell: process.platform === 'win32',
  }
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], options)
  if (status === 0 && fontsInstalled()) return
  throw new Error(`the fonts could not be installed; try ${COMMAND}${error ? ` (${error.message})` : ''}`)
}
