import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The last commit before training steps and kernels were made to do less: what the peer `before` runs. */
const COMMIT = 'f24c374'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const CACHE = join(ROOT, 'node_modules/.cache/ir-softmax')
const FOLDER = join(CACHE, COMMIT)

/** The adapter of ours, in the folder of that build: it loads the library beside it. */
export const BEFORE_ADAPTER = join(FOLDER, 'test/bench/ours/adapter.ts')

/** Of the bench, what an adapter needs; that build gets it as it is now, so that both are asked alike. */
const SHARED = ['cases', 'harness', 'ours']

/** Builds that commit from the repository on first use, with the packages of its own lock file. Gives why it could not. */
export function buildBefore(): string | undefined {
  if (!existsSync(FOLDER)) {
    console.error(`the build before (${COMMIT}) is not there yet: git archive, npm ci, npm run kernels`)
    const reason = build()
    if (reason !== undefined) return reason
  }
  const bench = join(FOLDER, 'test/bench')
  for (const name of SHARED) {
    rmSync(join(bench, name), { recursive: true, force: true })
    cpSync(join(ROOT, 'test/bench', name), join(bench, name), { recursive: true })
  }
  return undefined
}

function build(): string | undefined {
  // Under another name until it is whole.
  const folder = join(CACHE, `${COMMIT}-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  const archive = join(folder, 'commit.tar')
  const commands: [name: string, args: string[], cwd: string][] = [
    ['git', ['archive', '--output', archive, COMMIT], ROOT],
    ['tar', ['-xf', 'commit.tar'], folder],
    ['npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder],
    ['npm', ['run', '-s', 'kernels'], folder],
    ['npm', ['prune', '--omit=dev', '--no-audit', '--no-fund'], folder],
  ]
  try {
    for (const [name, args, cwd] of commands) {
      const shell = process.platform === 'win32' && name === 'npm'
      const { status, error } = spawnSync(name, args, { cwd, stdio: ['ignore', 2, 2], shell })
      if (status === 0) continue
      if (name === 'git') return `commit ${COMMIT} is not in this clone: git fetch --unshallow`
      return `${name} ${args[0]} of ${COMMIT}: ${error?.message ?? `exit ${status}`}`
    }
    rmSync(archive)
    renameSync(folder, FOLDER)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return undefined
}
