import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { withSwiftShader } from './driver.ts'

// Installs the optional package `webgpu`, WebGPU in Node (130 MB, for this check alone), where that was not done, and runs
// the tests of the GPU on it.

const root = fileURLToPath(new URL('../../', import.meta.url))

function run(command: readonly string[]): void {
  // A shell, since npm and npx are scripts on Windows.
  const options = { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' } as const
  const { status, error } = spawnSync(command[0], command.slice(1), {
    ...options,
    env: withSwiftShader(process.env),
  })
  if (status === 0) return
  console.error(`test:webgpu: ${command.join(' ')}: ${error?.message ?? `exit ${status}`}`)
  process.exit(1)
}

if (!existsSync(new URL('node_modules/webgpu', import.meta.url))) {
  run(['npm', 'ci', '--prefix', 'test/webgpu', '--no-audit', '--no-fund'])
}
run(['npx', 'vitest', 'run', '--config', 'test/webgpu/vitest.config.ts', ...process.argv.slice(2)])
