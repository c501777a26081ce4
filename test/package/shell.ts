import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Longer than any command here takes, so that one which hangs is a failure and not a wait. */
const PATIENCE = 300_000
/** Lines of what a failed command printed that stand in the error. */
const TAIL = 30

/** Where a command runs, and its environment. Default: that of this process. */
interface Place {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/** What a command prints on standard output, run in a folder. Throws, with the end of what it printed, when it fails. */
export async function sh(
  where: string | Place,
  command: string,
  ...args: readonly string[]
): Promise<string> {
  const place = typeof where === 'string' ? { cwd: where } : where
  try {
    const options = { ...place, timeout: PATIENCE, maxBuffer: 2 ** 26 }
    return (await promisify(execFile)(command, args, options)).stdout
  } catch (error) {
    const { stdout = '', stderr = '', code, signal } = error as Failure
    const tail = `${stdout}\n${stderr}`.trim().split('\n').slice(-TAIL).join('\n')
    const how = signal ? `stopped by ${signal}` : `exit ${code}`
    throw new Error(`${[command, ...args].join(' ')}\nin ${place.cwd}: ${how}\n${tail}`, { cause: error })
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
