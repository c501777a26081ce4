import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { bundled } from './bundle.ts'
import type { Begun, Greeting, Memory, Ran, Refusal, Request } from './protocol.ts'

/** An adapter that host.ts runs. */
interface Hosted {
  readonly adapter: string
  readonly options: object
  /** Of Node. */
  readonly flags?: readonly string[]
}

/** How a contestant's process is started: an adapter, or a command that speaks the protocol itself. */
export interface Entry {
  readonly name: string
  readonly start:
    | Hosted
    | { readonly command: string; readonly args: readonly string[]; readonly env: Record<string, string> }
}

/** What a request is answered by. */
export type Answer<R extends Request> = R extends { ask: 'begin' }
  ? Begun
  : R extends { ask: 'run' }
    ? Ran
    : R extends { ask: 'memory' }
      ? Memory
      : object

const HOST = fileURLToPath(new URL('./host.ts', import.meta.url))
/** Milliseconds to load a library. */
const STARTUP = 60_000

const nodeArgs = ({ adapter, options, flags = [] }: Hosted): string[] => [
  '--expose-gc',
  ...flags,
  bundled(HOST),
  bundled(adapter),
  JSON.stringify(options),
]

/** A process of its own, so that no contestant's memory, compiler or garbage is in the way of another's. */
export class Contestant {
  readonly name: string
  /** What it said when it was started, or why it cannot take part. */
  greeting: Greeting | Refusal | undefined
  readonly #entry: Entry
  #child: ChildProcessByStdio<Writable, Readable, Readable> | undefined
  #waiting: ((answer: string | Refusal) => void) | undefined

  constructor(entry: Entry) {
    this.name = entry.name
    this.#entry = entry
  }

  async start(): Promise<Greeting | Refusal> {
    const { start } = this.#entry
    const [command, args, env] =
      'adapter' in start ? [process.execPath, nodeArgs(start), {}] : [start.command, start.args, start.env]
    const child = spawn(command, args, { stdio: 'pipe', env: { ...process.env, ...env } })
    this.#child = child
    let said = ''
    child.stderr.on('data', chunk => {
      said = (said + chunk).slice(-2000)
    })
    // What a process says late, after it was ended, is not the next one's answer.
    const answered = (answer: string | Refusal): void => {
      if (this.#child === child) this.#waiting?.(answer)
    }
    const ended = (reason: string): void => {
      answered({ reason })
      if (this.#child === child) this.#child = undefined
    }
    child.stdin.on('error', () => {
      // The process is gone; 'close' says so.
    })
    child.on('error', error => ended(error.message))
    child.on('close', (code, signal) => {
      const last = said.trim().split('\n').at(-1)
      ended(`its process ended with ${signal ?? `code ${code}`}${last ? `: ${last}` : ''}`)
    })
    createInterface({ input: child.stdout }).on('line', answered)
    this.greeting = await this.#answer<Greeting>(STARTUP)
    return this.greeting
  }

  /**
   * Sends a request and waits at most `limit` ms for its answer. A process that is late is ended, and one that was
   * ended is started anew.
   */
  async ask<R extends Request>(request: R, limit: number): Promise<Answer<R> | Refusal> {
    const failed = this.greeting !== undefined && 'reason' in this.greeting
    const greeting = this.#child === undefined && !failed ? await this.start() : this.greeting!
    if ('reason' in greeting) return greeting
    const answer = this.#answer<Answer<R>>(limit)
    this.#child?.stdin.write(`${JSON.stringify(request)}\n`)
    return answer
  }

  stop(): void {
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }

  async #answer<A>(limit: number): Promise<A | Refusal> {
    let timer: NodeJS.Timeout | undefined
    const answer = await new Promise<string | Refusal>(resolve => {
      this.#waiting = resolve
      timer = setTimeout(() => {
        this.stop()
        resolve({ reason: `gave no answer in ${limit / 1000} s` })
      }, limit)
    })
    clearTimeout(timer)
    this.#waiting = undefined
    return typeof answer === 'string' ? (JSON.parse(answer) as A | Refusal) : answer
  }
}
