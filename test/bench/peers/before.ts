import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The last commit before training steps and kernels were made to do less: what the peer `before` runs. */
const COMMIT = 'f24c374'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const CACHE = join(ROOT, 'node_modules/.cache/ir-softmax')
const folderOf = (commit: string): string => join(CACHE, commit)

/** The adapter of ours, in the folder of that build: it loads the library beside it. */
export const BEFORE_ADAPTER = join(folderOf(COMMIT), 'test/bench/ours/adapter.ts')

/** Of the bench, what an adapter needs; that build gets it as it is now, so that both are asked alike. */
const SHARED = ['cases', 'harness', 'ours']

/** Builds that commit from the repository on first use, with the packages of its own lock file. Gives why it could not. */
export function buildBefore(commit = COMMIT): string | undefined {
  if (!existsSync(folderOf(commit))) {
    console.error(`the build before (${commit}) is not there yet: git archive, npm ci, npm run kernels`)
    const reason = build(commit)
    if (reason !== undefined) return reason
  }
  const bench = join(folderOf(commit), 'test/bench')
  for (const name of SHARED) {
    rmSync(join(bench, name), { recursive: true, force: true })
    cpSync(join(ROOT, 'test/bench', name), join(bench, name), { recursive: true })
  }
  return undefined
}

function build(commit: string): string | undefined {
  // Under another name until it is whole.
  const folder = join(CACHE, `${commit}-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  const archive = join(folder, 'commit.tar')
  const commands: [name: string, args: string[], cwd: string][] = [
    ['git', ['archive', '--output', archive, commit], ROOT],
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
      const reason = error?.message ?? `exit ${status}`
      return name === 'git' && error === undefined
        ? `commit ${commit} is not in this clone: git fetch --unshallow brings it`
        : `${name} ${args[0]} of ${commit}: ${reason}`
    }
    rmSync(archive)
    renameSync(folder, folderOf(commit))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return undefined
}
