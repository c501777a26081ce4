import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { ISOLATED } from '../support/isolated.ts'

const CONFIG = fileURLToPath(new URL('../../examples/playground/vite.config.ts', import.meta.url))
/** Some path, as a page of a project has it on a static host. */
const PATH = '/some/where/'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.bin': 'application/octet-stream',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
}

export interface Served {
  /** The page on a host that isolates it, and on one that sends no headers of its own. */
  readonly isolated: string
  readonly plain: string
  close(): void
}

/** The page as `npm run playground:build` makes it, or that of another config, under a path of two static hosts. */
export async function serveBuilt(config = CONFIG): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'playground-'))
  await build({ configFile: config, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } })
  const [isolated, plain] = [host(folder, ISOLATED), host(folder, {})]
  await Promise.all([isolated, plain].map(server => new Promise<void>(resolve => server.listen(0, resolve))))
  const address = (server: typeof plain): string =>
    `http://localhost:${(server.address() as AddressInfo).port}${PATH}`
  return {
    isolated: address(isolated),
    plain: address(plain),
    close() {
      for (const server of [isolated, plain]) server.close()
      rmSync(folder, { recursive: true })
    },
  }
}

function host(folder: string, headers: Readonly<Record<string, string>>) {
  return createServer((request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const file = pathname === PATH ? 'index.html' : pathname.slice(PATH.length)
    try {
      if (!pathname.startsWith(PATH) || file.includes('..')) throw new Error('not here')
      const body = readFileSync(join(folder, file))
      response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'text/plain', ...headers }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
}
