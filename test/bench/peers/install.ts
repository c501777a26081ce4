import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('..', import.meta.url))

export const INSTALL = 'npm ci --prefix test/bench'

/** Installs the peers beside package.json; what npm says goes to standard error. Gives why it could not. */
export function install(): string | undefined {
  console.error(`the peers are not installed yet: ${INSTALL}`)
  const { status, error } = spawnSync('npm', ['ci', '--prefix', FOLDER, '--no-audit', '--no-fund'], {
    cwd: FOLDER,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  return status === 0 ? undefined : (error?.message ?? `npm ended with code ${status}`)
}
