import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Longer than any command here takes, so that one which hangs is a failure and not a wait. */
const PATIENCE = 300_000
/** Lines of what a failed command printed that stand in the error. */
const TAIL = 30

/** What a command prints on standard output, run in `folder`. Throws, with the end of what it printed, when it fails. */
export async function sh(folder: string, command: string, ...args: readonly string[]): Promise<string> {
  try {
    const options = { cwd: folder, timeout: PATIENCE, maxBuffer: 2 ** 26 }
    return (await promisify(execFile)(command, args, options)).stdout
  } catch (error) {
    const { stdout = '', stderr = '', code, signal } = error as Failure
    const tail = `${stdout}\n${stderr}`.trim().split('\n').slice(-TAIL).join('\n')
    const how = signal ? `stopped by ${signal}` : `exit ${code}`
    throw new Error(`${[command, ...args].join(' ')}\nin ${folder}: ${how}\n${tail}`, { cause: error })
  }
}

interface Failure {
  readonly stdout?: string
  readonly stderr?: string
  readonly code?: number | string
  readonly signal?: string | null
}

/** A program of this repository's node_modules. */
export const tool = (name: string): string =>
  fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url))
