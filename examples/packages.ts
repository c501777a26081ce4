import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly optional?: boolean }>>
}

/**
 * Whether each package of a lock file is there in its version, but for those that not every platform has; half an
 * installation is none.
 */
export function installed(modules: string, lock: string): boolean {
  const { packages } = JSON.parse(readFileSync(lock, 'utf8')) as Lock
  return Object.entries(packages)
    .filter(([path, { optional }]) => path !== '' && !optional)
    .every(([path, { version }]) => versionAt(join(modules, path.replace('node_modules/', ''))) === version)
}

function versionAt(folder: string): string | undefined {
  const file = join(folder, 'package.json')
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
    : undefined
}

/**
 * Installs the packages of an example that has a package.json of its own, where they are not; npm's own progress goes
 * to standard error. `what` says what they are and how large.
 */
export function installPackages(home: string, what: string, say: (line: string) => void): void {
  const there = (): boolean => installed(join(home, 'node_modules'), join(home, 'package-lock.json'))
  if (there()) return
  // What a person may type instead.
  const command = `npm ci --prefix ${basename(dirname(home))}/${basename(home)}`
  say(`Installing ${what}, once: ${command}`)
  // Standard output may be JSON for a program.
  const options = {
    cwd: home,
    stdio: ['ignore', 2, 2] as ['ignore', 2, 2],
    shell: process.platform === 'win32',
  }
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], options)
  if (status === 0 && there()) return
  throw new Error(`${what} could not be installed; try ${command}${error ? ` (${error.message})` : ''}`)
}
