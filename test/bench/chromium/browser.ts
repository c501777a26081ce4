import { type Browser, chromium, type LaunchOptions } from 'playwright'
import { launchOptions } from '../../browser/chromium.ts'
import { ANGLES, type Angle } from './angles.ts'
import { serveAdapters } from './server.ts'

/** The one Chromium of a run, and where it gets its pages. */
export interface Place {
  readonly browser: Browser
  urlOf(adapter: string): string
  stop(): Promise<void>
}

/** Throws when there is no Chromium, or none that draws. */
export async function openBrowser(angle: Angle | undefined): Promise<Place> {
  const browser = await chromium.launch(drawnBy(angle, await launchOptions()))
  const { server, urlOf } = await serveAdapters()
  return {
    browser,
    urlOf,
    async stop() {
      await browser.close()
      server.close()
    },
  }
}

/** Without an angle the first that works. */
function drawnBy(angle: Angle | undefined, options: LaunchOptions): LaunchOptions {
  if (angle === undefined) return options
  const all: readonly string[] = Object.values(ANGLES).flat()
  return { ...options, args: [...options.args!.filter(flag => !all.includes(flag)), ...ANGLES[angle]] }
}
