/**
 * The process of a contestant written for Node: `host.ts <adapter.ts> <options as JSON>` loads the adapter and
 * answers requests on standard input.
 */
import { createInterface } from 'node:readline'
import { type Adapter, answerer, reasonOf } from './adapter.ts'
import { mostMemory } from './memory.ts'
import type { Greeting, Request } from './protocol.ts'

const [file, options] = process.argv.slice(2)

// Standard output carries the protocol; what a library prints goes elsewhere.
console.log = console.info = console.warn = console.error
const answer = (message: object): boolean => process.stdout.write(`${JSON.stringify(message)}\n`)

const { open }: { open(options: object): Promise<Adapter> } = await import(file)
try {
  const adapter = await open(JSON.parse(options))
  const reply = answerer(adapter)
  answer({ version: adapter.version, note: adapter.note } satisfies Greeting)
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      const request = JSON.parse(line) as Request
      answer(request.ask === 'memory' ? mostMemory() : await reply(request))
    } catch (error) {
      answer({ reason: reasonOf(error) })
    }
  }
} catch (error) {
  answer({ reason: reasonOf(error) })
}
