import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { OursOptions } from '../ours/adapter.ts'
import { flagsOf } from '../ours/flags.ts'

/**
 * Runs a file of this folder in a process of its own, so that nothing else counts, and gives what it wrote last;
 * `onLine` sees the lines before. All are JSON. Throws when it fails, or is not done after `limit` milliseconds and ended.
 */
export async function runAlone<Options extends OursOptions, Progress, Result>(
  file: string,
  options: Options,
  onLine: (progress: Progress) => void = () => {},
  limit?: number,
): Promise<Result> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(
    process.execPath,
    [...flagsOf(options.backend), ...process.execArgv, path, JSON.stringify(options)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const stop = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', stop)
  const timer = limit === undefined ? undefined : setTimeout(stop, limit)
  const begin = performance.now()
  const closed = new Promise<number | NodeJS.Signals | null>(resolve => {
    child.on('close', (code, signal) => resolve(code ?? signal))
  })
  let last: unknown
  for await (const line of createInterface({ input: child.stdout })) {
    last = JSON.parse(line)
    onLine(last as Progress)
  }
  const code = await closed
  process.removeListener('exit', stop)
  clearTimeout(timer)
  if (limit !== undefined && code === 'SIGKILL' && performance.now() - begin >= limit)
    throw new Error(`not done after ${limit / 60_000} minutes`)
  if (code !== 0) throw new Error(`${file} ended with ${code}`)
  return last as Result
}
