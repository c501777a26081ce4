/**
 * The process of a contestant written for Node: `host.ts <adapter.ts> <options as JSON>` loads the adapter and
 * answers requests on standard input.
 */
import { createInterface } from 'node:readline'
import type { Case } from '../cases/case.ts'
import type { Begun, Greeting, Ran, Request } from './protocol.ts'

/** One case, ready to be computed again and again. */
export interface Prepared {
  /** Computes once; when it returns, or its promise resolves, the work is done. */
  call(): void | Promise<void>
  /** Some values of each output of the latest call. */
  outputs(): Promise<number[][]>
  end(): void
}

export interface Adapter extends Greeting {
  /** Throws when the library cannot do the case. */
  prepare(c: Case): Prepared | Promise<Prepared>
}

const [file, options] = process.argv.slice(2)
let current: Prepared | undefined

// Standard output carries the protocol; what a library prints goes elsewhere.
console.log = console.info = console.warn = console.error
const answer = (message: object): boolean => process.stdout.write(`${JSON.stringify(message)}\n`)

const { open }: { open(options: object): Promise<Adapter> } = await import(file)
try {
  const adapter = await open(JSON.parse(options))
  answer({ version: adapter.version, note: adapter.note } satisfies Greeting)
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      answer(await reply(adapter, JSON.parse(line) as Request))
    } catch (error) {
      answer({ reason: reasonOf(error) })
    }
  }
} catch (error) {
  answer({ reason: reasonOf(error) })
}

async function reply(adapter: Adapter, request: Request): Promise<object> {
  if (request.ask === 'begin') {
    current = await adapter.prepare(request.case)
    const start = performance.now()
    await current.call()
    const ms = performance.now() - start
    return { ms, outputs: await current.outputs() } satisfies Begun
  }
  if (request.ask === 'run') {
    for (let i = 0; i < request.untimed; i++) await current!.call()
    return { samples: await samples(current!, request.ms, request.inner) } satisfies Ran
  }
  current?.end()
  current = undefined
  return {}
}

/** Milliseconds a call. Waits only for what is not done yet: a promise costs more than a small kernel. */
async function samples(prepared: Prepared, ms: number, inner: number): Promise<number[]> {
  const out: number[] = []
  const begin = performance.now()
  let start = begin
  do {
    for (let i = 0; i < inner; i++) {
      const pending = prepared.call()
      if (pending !== undefined) await pending
    }
    const end = performance.now()
    out.push((end - start) / inner)
    start = end
  } while (start - begin < ms)
  return out
}

/** The first line: libraries append lists of their kernels. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]
}
