import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { install } from './databases.ts'

// Installs the databases on first use, and runs the tests of the stores on them.

install()
const args = ['vitest', 'run', '--config', 'test/stores/vitest.config.ts', ...process.argv.slice(2)]
const cwd = fileURLToPath(new URL('../../', import.meta.url))
process.exitCode =
  spawnSync('npx', args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1
