import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Spent } from './decode.ts'

const SCRIPT = fileURLToPath(new URL('./pillow.py', import.meta.url))

/** Python's Pillow in so many processes, which share a folder's images and keep nothing of them. */
export class Pillow {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(path: string, processes: number) {
    this.#child = spawn('/usr/bin/python3', [SCRIPT, path, String(processes)], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    this.#child.on('error', () => {})
    this.#child.stdin!.on('error', () => {})
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]()
  }

  async decode(): Promise<Spent> {
    this.#child.stdin!.write('\n')
    const { value, done } = await this.#lines.next()
    if (done)
      throw new Error(
        '/usr/bin/python3 with Pillow and NumPy expected, got none (python3-pil, python3-numpy)',
      )
    return JSON.parse(value) as Spent
  }

  /** Its processes end with what they read from. */
  stop(): void {
    this.#child.stdin!.end()
  }
}
