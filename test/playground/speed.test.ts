import { availableParallelism } from 'node:os'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findChromium, QUIET } from '../browser/chromium.ts'
import { type Served, serveBuilt } from './served.ts'
import { start, Visitor } from './visitor.ts'

let served: Served
let browser: Browser

beforeAll(async () => {
  served = await serveBuilt()
  // Nothing that stands for a graphics card: it would take a core of its own to put the page together.
  browser = await start({ executablePath: findChromium(), args: QUIET })
})
afterAll(async () => {
  await browser?.close()
  served?.close()
})

test('the page counts its steps and its frames', async () => {
  const visitor = await Visitor.open(browser, served.isolated, { viewport: { width: 1200, height: 900 } })
  const { page } = visitor
  await page.locator('#go').click()
  await visitor.takes(400)
  const speed = page.locator('#speed')
  const read = async (name: string): Promise<number> => Number(await speed.getAttribute(`data-${name}`))
  const [steps, frames, longest] = [await read('steps'), await read('frames'), await read('longest')]
  console.log(
    `playground on wasm, ${availableParallelism()} cores: ${steps.toFixed(1)} training steps a second (batch 64, two ` +
      `losses), ${frames.toFixed(0)} frames a second, the longest ${longest.toFixed(0)} ms`,
  )
  expect(Math.min(steps, frames, longest)).toBeGreaterThan(0)
  await visitor.close()
})
