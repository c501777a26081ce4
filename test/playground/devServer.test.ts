import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { launchOptions } from '../browser/chromium.ts'
import { start, Visitor } from './visitor.ts'

test('npm run playground says where the page is, and there it trains', async () => {
  // A group of its own, to be ended as a whole: npm starts a shell, and that the server.
  const server = spawn('npm', ['run', 'playground', '--', '--port', '5310'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NO_COLOR: '1' },
  })
  const browser = await start(await launchOptions())
  try {
    const visitor = await Visitor.open(browser, await addressOf(server.stdout))
    await visitor.page.locator('#step').click()
    await visitor.waits('paused')
    expect(visitor.wrong).toEqual([])
  } finally {
    await browser.close()
    process.kill(-server.pid!, 'SIGTERM')
    await once(server, 'exit')
  }
})

async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const address = /Local:\s+(http:\S+)/.exec(line)?.[1]
    if (address !== undefined) return address
  }
  throw new Error('npm run playground: an address expected, got none')
}
