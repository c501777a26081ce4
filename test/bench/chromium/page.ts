import { answerer, type Open, reasonOf } from '../harness/adapter.ts'
import type { Greeting, Refusal, Request } from '../harness/protocol.ts'

/** What the bench talks to in a contestant's page: the same protocol as a process's, a function call each. */
export interface Served {
  open(options: object): Promise<Greeting | Refusal>
  ask(request: Request): Promise<object>
}

declare global {
  var contestant: Served
}

/** Called by the page's script with the `open` of its adapter. */
export function serve(open: Open): void {
  let reply: (request: Request) => Promise<object>
  globalThis.contestant = {
    async open(options) {
      try {
        const adapter = await open(options as never)
        reply = answerer(adapter)
        return { version: adapter.version, note: adapter.note }
      } catch (error) {
        return { reason: reasonOf(error) }
      }
    },
    async ask(request) {
      try {
        return await reply(request)
      } catch (error) {
        return { reason: reasonOf(error) }
      }
    },
  }
}
