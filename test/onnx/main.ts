import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// Installs onnxruntime-web and OpenCV where that was not done (180 MB, for this check alone), and holds what they compute
// from exported nets to what the nets compute.

const root = fileURLToPath(new URL('../../', import.meta.url))

function run(command: readonly string[]): void {
  // A shell, since npm and npx are scripts on Windows.
  const options = { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' } as const
  const { status, error } = spawnSync(command[0], command.slice(1), options)
  if (status === 0) return
  console.error(`test:onnx: ${command.join(' ')}: ${error?.message ?? `exit ${status}`}`)
  process.exit(1)
}

const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  dependencies: Record<string, string>
}
if (!Object.keys(dependencies).every(name => existsSync(new URL(`node_modules/${name}`, import.meta.url)))) {
  run(['npm', 'ci', '--prefix', 'test/onnx', '--no-audit', '--no-fund'])
}
run(['npx', 'vitest', 'run', '--config', 'test/onnx/vitest.config.ts', ...process.argv.slice(2)])
