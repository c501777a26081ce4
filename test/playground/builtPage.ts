import type { Browser, BrowserContextOptions, LaunchOptions } from 'playwright'
import { afterAll, beforeAll } from 'vitest'
import { launchOptions } from '../browser/chromium.ts'
import { type Served, serveBuilt } from './served.ts'
import { start, Visitor } from './visitor.ts'

export interface Address {
  /** What stands after the page's path, from the question mark on. */
  readonly query?: string
  /** Which of the two hosts. Default `isolated`. */
  readonly host?: 'isolated' | 'plain'
}

/** Serves the built page and keeps a browser for the tests of a file; gives what opens the one in the other. */
export function builtPage(options: () => LaunchOptions | Promise<LaunchOptions> = launchOptions) {
  let served: Served
  let browser: Browser
  beforeAll(async () => {
    served = await serveBuilt()
    browser = await start(await options())
  })
  afterAll(async () => {
    await browser?.close()
    served?.close()
  })
  return (
    { query = '', host = 'isolated' }: Address = {},
    context?: BrowserContextOptions,
  ): Promise<Visitor> => Visitor.open(browser, `${served[host]}${query}`, context)
}
