import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { QUIET } from '../browser/chromium.ts'
import { findChromium } from '../browser/installed.ts'
import { builtPage } from './builtPage.ts'

// No software renderer: it would take a core of its own to put the page together.
const open = builtPage(() => ({ executablePath: findChromium(), args: QUIET }))

test('the page counts its steps and its frames', async () => {
  const visitor = await open({}, { viewport: { width: 1200, height: 900 } })
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
