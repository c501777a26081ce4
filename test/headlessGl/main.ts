import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { headlessGl } from './gl.ts'

// Compiles the optional package `gl`, WebGL in Node, where that was not done, and runs the tests of the GPU on it.

const root = fileURLToPath(new URL('../../', import.meta.url))
const linux = process.platform === 'linux'
const DEBIAN =
  'apt-get install libxi-dev libglu1-mesa-dev libglew-dev libxext-dev pkg-config python3 g++ make xvfb'

function run(command: readonly string[]): void {
  const { status, error } = spawnSync(command[0], command.slice(1), { cwd: root, stdio: 'inherit' })
  if (status !== 0) fail(`${command.join(' ')}: ${error?.message ?? `exit ${status}`}`)
}

function fail(message: string): never {
  console.error(`test:headless-gl: ${message}`)
  process.exit(1)
}

const succeeds = (...command: string[]): boolean =>
  spawnSync(command[0], command.slice(1), { stdio: 'ignore' }).status === 0

if (linux && !succeeds('xvfb-run', '--help')) fail(`xvfb-run expected. Debian, Ubuntu: ${DEBIAN}`)
if (headlessGl() === 'not compiled') {
  const headers = ['x11', 'xi', 'xext', 'gl', 'glu', 'glew']
  const missing = headers.filter(name => !succeeds('pkg-config', '--exists', name))
  if (linux && missing.length > 0) {
    fail(`the headers of ${missing.join(', ')} expected, by pkg-config. Debian, Ubuntu: ${DEBIAN}`)
  }
  console.log('test:headless-gl: compiling the package gl, which takes two minutes and is done once')
  run(['npm', 'rebuild', 'gl', '--ignore-scripts=false'])
}
const tests = ['npx', 'vitest', 'run', '--config', 'test/headlessGl/vitest.config.ts']
run([...(linux ? ['xvfb-run', '-a'] : []), ...tests, ...process.argv.slice(2)])
