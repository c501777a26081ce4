import type { Case } from '../cases/case.ts'
import { now } from './clock.ts'
import type { Begun, Greeting, Ran, Request } from './protocol.ts'

/** One case, ready to be computed again and again. */
export interface Prepared {
  /** Computes once; when it returns, or its promise resolves, the work is done. */
  call(): void | Promise<void>
  /** Some values of each output of the latest call. */
  outputs(): Promise<number[][]>
  end(): void
}

/** A library, opened. */
export interface Adapter extends Greeting {
  /** Throws when the library cannot do the case. */
  prepare(c: Case): Prepared | Promise<Prepared>
}

/** What the module of an adapter exports. */
export type Open = (options: never) => Promise<Adapter>

/** What answers requests with a library: in a process of Node's, or in a page. Throws where the library does. */
export function answerer(adapter: Adapter): (request: Request) => Promise<Begun | Ran | object> {
  let current: Prepared | undefined
  return async request => {
    if (request.ask === 'begin') {
      current = await adapter.prepare(request.case)
      // The numbers that the inputs were made of are no memory of the library's.
      globalThis.gc?.()
      return begin(current, request.case)
    }
    if (request.ask === 'run') {
      for (let i = 0; i < request.untimed; i++) await current!.call()
      return { samples: await samples(current!, request.ms, request.inner) } satisfies Ran
    }
    current?.end()
    current = undefined
    return {}
  }
}

async function begin(prepared: Prepared, { warmUp = 0, budget }: Case): Promise<Begun> {
  let ms = await timed(prepared)
  const outputs = await prepared.outputs()
  for (let i = 0, spent = 0; i < warmUp && spent < budget; i++, spent += ms) ms = await timed(prepared)
  return { ms, outputs }
}

async function timed(prepared: Prepared): Promise<number> {
  const start = now()
  await prepared.call()
  return now() - start
}

/** Milliseconds a call. Waits only for what is not done yet: a promise costs more than a small kernel. */
async function samples(prepared: Prepared, ms: number, inner: number): Promise<number[]> {
  const out: number[] = []
  const begin = now()
  let start = begin
  do {
    for (let i = 0; i < inner; i++) {
      const pending = prepared.call()
      if (pending !== undefined) await pending
    }
    const end = now()
    out.push((end - start) / inner)
    start = end
  } while (start - begin < ms)
  return out
}

/** The first line: libraries append lists of their kernels. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]
}
