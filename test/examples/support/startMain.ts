import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Hears what a program has said on standard error so far, and may interrupt it. */
export type OnError = (text: string, interrupt: () => void) => void

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly error: string
}

/** Runs a program of the examples in a process of its own. */
export function startMain(
  script: string,
  args: readonly string[],
  onError: OnError = () => {},
): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], { cwd: root })
  let [out, error] = ['', '']
  child.stdout.on('data', data => {
    out += data
  })
  child.stderr.on('data', data => {
    error += data
    onError(error, () => child.kill('SIGINT'))
  })
  return new Promise(resolve => child.on('close', code => resolve({ code, out, error })))
}
