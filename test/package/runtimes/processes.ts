import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PATIENCE, type Result, type Runtime } from './runtime.ts'

/** How Linux's processors are called: by Node and Deno, and by Bun. */
const [ARCH, BUN_ARCH] = process.arch === 'arm64' ? ['arm64', 'aarch64'] : ['x64', 'x64']

const node = (name: string, version: string): Runtime =>
  program(name, 'Node', `node-linux-${ARCH}@${version}`, 'bin/node')

/** The binaries themselves: npm's `node`, `bun` and `deno` bring them by a script, which npm may be told not to run. */
export const PROCESSES: readonly Runtime[] = [
  node('node20', '20'),
  node('node22', '22'),
  node('node24', '24'),
  node('node', 'latest'),
  program('bun', 'Bun', `@oven/bun-linux-${BUN_ARCH}@latest`, 'bin/bun'),
  program('deno', 'Deno', `@deno/linux-${ARCH}-glibc@latest`, 'deno', 'run'),
]

function program(name: string, title: string, install: string, binary: string, ...args: string[]): Runtime {
  return {
    name,
    title,
    install,
    run: (folder, installed) => run(folder, join(installed, name, binary), [...args, 'process.mjs']),
  }
}

/** What the program prints, also when it does not end after that. */
async function run(folder: string, command: string, args: readonly string[]): Promise<Result> {
  const printed = await promisify(execFile)(command, args, { cwd: folder, timeout: PATIENCE }).then(
    ({ stdout }) => ({ stdout, ended: true }),
    (error: Error & { killed?: boolean; stdout: string }) => {
      if (error.killed && error.stdout.includes('\n')) return { stdout: error.stdout, ended: false }
      throw error
    },
  )
  return { ...JSON.parse(printed.stdout), ended: printed.ended }
}
