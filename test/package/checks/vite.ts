import { setTimeout } from 'node:timers/promises'
import { chromium, type Page } from 'playwright'
import { build, preview } from 'vite'
import { launchOptions } from '../../browser/chromium.ts'
import { ISOLATED } from '../../support/isolated.ts'
import { GPU_JS, project } from '../project.ts'
import { type Check, failIfAny } from './check.ts'

/** The page's runs; `threads` is wasm in a worker, on two threads. */
const RUNS = ['reference', 'wasm', 'threads', 'webgl2', 'webgpu']
/** For one of them, where compiling kernels in software takes seconds: one that hangs is a failure and not a wait. */
const PATIENCE = 120_000

export const vite: Check = {
  name: 'vite',
  what: 'a production build by Vite, minified, trains on every backend in Chromium',
  async run(context) {
    const folder = await project(context, 'vite', GPU_JS)
    const config = { configFile: false, root: folder, logLevel: 'error' } as const
    await build(config)
    const server = await preview({ ...config, preview: { port: 0, headers: ISOLATED } })
    try {
      await drive(server.resolvedUrls?.local[0] ?? '')
    } finally {
      await server.close()
    }
    return RUNS.join(', ')
  },
}

async function drive(url: string): Promise<void> {
  const browser = await chromium.launch(await launchOptions())
  try {
    const page = await browser.newPage()
    const wrong: string[] = []
    page.on('console', message => {
      if (message.type() === 'error') wrong.push(`console: ${message.text()}`)
    })
    page.on('pageerror', error => wrong.push(`page: ${error.message}`))
    page.on('request', request => {
      if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(url))
        wrong.push(`request to ${request.url()}`)
    })
    await page.goto(url)
    for (const name of RUNS) wrong.push(...(await failureOf(page, name)))
    failIfAny('the page', wrong)
  } finally {
    await browser.close()
  }
}

async function failureOf(page: Page, name: string): Promise<string[]> {
  const never = new AbortController()
  const late = setTimeout(PATIENCE, undefined, { signal: never.signal }).then(() => {
    throw new Error(`still running after ${PATIENCE / 1000} s`)
  })
  try {
    await Promise.race([page.evaluate(`run('${name}')`), late])
    return []
  } catch (error) {
    return [`${name}: ${(error as Error).message.split('\n')[0]}`]
  } finally {
    late.catch(() => {})
    never.abort()
  }
}
