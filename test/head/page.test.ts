import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Figures } from '../../examples/head/run.ts'
import { launchOptions } from '../browser/chromium.ts'
import { type Served, serveBuilt } from '../playground/served.ts'
import { start } from '../playground/visitor.ts'
import { expectTrained, IMAGES } from './expected.ts'

const CONFIG = fileURLToPath(new URL('../../examples/head/vite.config.ts', import.meta.url))

let served: Served
let browser: Browser
beforeAll(async () => {
  served = await serveBuilt(CONFIG)
  browser = await start(await launchOptions())
})
afterAll(async () => {
  await browser?.close()
  served?.close()
})

test('a head on a frozen model, in Chromium: the vectors stay on the disk', async () => {
  const page = await (await browser.newContext()).newPage()
  page.setDefaultTimeout(240_000)
  const wrong: string[] = []
  page.on('console', message => {
    if (message.type() === 'error') wrong.push(message.text())
  })
  page.on('pageerror', error => wrong.push(error.message))
  page.on('request', request => {
    if (!/^(http:\/\/localhost|data:|blob:)/.test(request.url())) wrong.push(request.url())
  })
  const state = page.locator('#state[data-figures], #state[data-failed]')
  const figures = async (): Promise<Figures> => {
    await state.waitFor()
    expect(await state.getAttribute('data-failed')).toBeNull()
    return JSON.parse((await state.getAttribute('data-figures')) as string)
  }
  await page.goto(served.isolated)
  const first = await figures()
  expectTrained(first)
  expect(first.asked).toBe(IMAGES)
  await page.reload()
  expect(await figures()).toEqual({ ...first, asked: 0 })
  expect(wrong).toEqual([])
})
