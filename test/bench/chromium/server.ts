import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { ISOLATED } from '../../support/isolated.ts'

const PAGE = fileURLToPath(new URL('./page.ts', import.meta.url))

/** Serves `/?<adapter.ts>`: a page with that adapter's script. On localhost there is WebGPU; isolated, an exact clock. */
export async function serveAdapters(): Promise<{ readonly server: Server; urlOf(adapter: string): string }> {
  const scripts = new Map<string, Promise<string>>()
  const server = createServer(async ({ url = '' }, response) => {
    const { pathname, search } = new URL(url, 'http://localhost')
    const adapter = decodeURIComponent(search.slice(1))
    response.setHeaders(new Map(Object.entries(ISOLATED)))
    const script = pathname === '/script.js'
    response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html; charset=utf-8')
    response.end(
      script ? await scripts.get(adapter) : `<script type="module" src="/script.js${search}"></script>`,
    )
  })
  await new Promise<void>(resolve => server.listen(0, 'localhost', resolve))
  const { port } = server.address() as AddressInfo
  return {
    server,
    urlOf(adapter) {
      if (!scripts.has(adapter)) scripts.set(adapter, scriptOf(adapter))
      return `http://localhost:${port}/?${encodeURIComponent(adapter)}`
    },
  }
}

/** The adapter and what it imports in one file; names stay, since gpu.js reads functions as text. */
async function scriptOf(adapter: string): Promise<string> {
  const contents = `
    import { open } from ${JSON.stringify(adapter)}
    import { serve } from ${JSON.stringify(PAGE)}
    serve(open)`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  })
  return outputFiles[0].text
}
