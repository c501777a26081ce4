import type { Page } from 'playwright'
import { reasonOf } from '../harness/adapter.ts'
import type { Answer } from '../harness/contestant.ts'
import type { Greeting, Refusal, Request } from '../harness/protocol.ts'
import type { Place } from './browser.ts'

/** How a contestant's page is started. */
export interface TabEntry {
  readonly name: string
  readonly adapter: string
  readonly options: object
}

/** Milliseconds to load a library. */
const STARTUP = 60_000

/** A contestant in a page of its own; all share the browser's GPU process, where the work is done, in turns. */
export class Tab {
  readonly name: string
  greeting: Greeting | Refusal | undefined
  readonly #entry: TabEntry
  readonly #place: Place
  #page: Page | undefined

  constructor(place: Place, entry: TabEntry) {
    this.name = entry.name
    this.#place = place
    this.#entry = entry
  }

  async start(): Promise<Greeting | Refusal> {
    const { adapter, options } = this.#entry
    this.greeting = await this.#within(STARTUP, async () => {
      const page = await this.#place.browser.newPage()
      this.#page = page
      await page.goto(this.#place.urlOf(adapter))
      return page.evaluate(o => globalThis.contestant.open(o), options)
    })
    return this.greeting
  }

  /** As `Contestant.ask`: a page that is late or gone is closed, and opened anew when it is asked again. */
  async ask<R extends Request>(request: R, limit: number): Promise<Answer<R> | Refusal> {
    const failed = this.greeting !== undefined && 'reason' in this.greeting
    const greeting = this.#page === undefined && !failed ? await this.start() : this.greeting!
    if ('reason' in greeting) return greeting
    return this.#within(
      limit,
      async page => page!.evaluate(r => globalThis.contestant.ask(r), request) as Promise<Answer<R>>,
    )
  }

  stop(): void {
    void this.#page?.close().catch(() => {})
    this.#page = undefined
  }

  async #within<T>(limit: number, f: (page: Page | undefined) => Promise<T>): Promise<T | Refusal> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<Refusal>(resolve => {
      timer = setTimeout(() => {
        this.stop()
        resolve({ reason: `gave no answer in ${limit / 1000} s` })
      }, limit)
    })
    try {
      return await Promise.race([late, f(this.#page)])
    } catch (error) {
      this.stop()
      return { reason: reasonOf(error) }
    } finally {
      clearTimeout(timer)
    }
  }
}
