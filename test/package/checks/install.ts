import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { bare } from '../project.ts'
import { sh } from '../shell.ts'
import { type Check, failIfAny } from './check.ts'

/** The most packages and bytes that `npm install ir-softmax` may bring. */
const MOST = { packages: 16, bytes: 10e6 }

interface Locked {
  readonly hasInstallScript?: boolean
}

export const install: Check = {
  name: 'install',
  what: 'npm install ir-softmax into an empty folder, nothing in npm’s cache: few packages, few MB, no script; runs without gpu.js and fast-check',
  async run({ tarball, home }) {
    const folder = bare(home, 'install')
    const start = performance.now()
    // Whatever npm is set to here.
    await sh(folder, 'npm', 'install', '--ignore-scripts=false', '--cache', join(home, 'cache'), tarball.path)
    const seconds = (performance.now() - start) / 1000
    const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
    const installed = Object.entries<Locked>(packages).filter(
      ([path]) => existsSync(join(folder, path)) && path,
    )
    failIfAny(
      'packages that run a script when installed',
      installed.flatMap(([path, { hasInstallScript }]) => (hasInstallScript ? [path] : [])),
    )
    const bytes = sizeOf(join(folder, 'node_modules'))
    const got = `${installed.length} packages, ${(bytes / 1e6).toFixed(1)} MB`
    if (installed.length > MOST.packages || bytes > MOST.bytes)
      throw new Error(`at most ${MOST.packages} packages and ${MOST.bytes / 1e6} MB expected, got ${got}`)
    await sh(folder, process.execPath, 'main.mjs')
    return `npm install ${seconds.toFixed(1)} s, ${got}`
  },
}

/** Bytes of the files in a folder. */
function sizeOf(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  )
}
