import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { QUIET } from '../../browser/chromium.ts'
import { findChromium, findFirefox } from '../../browser/installed.ts'
import { ISOLATED } from '../../support/isolated.ts'
import { PATIENCE, type Result, type Runtime } from './runtime.ts'

export const BROWSERS: readonly Runtime[] = [
  browser('chromium', 'Chromium', findChromium, profile => [...QUIET, `--user-data-dir=${profile}`]),
  browser('firefox', 'Firefox', findFirefox, profile => ['--no-remote', '--profile', profile]),
]

/** A browser without a display, its profile a folder of its own. */
function browser(
  name: string,
  title: string,
  find: () => string,
  args: (profile: string) => string[],
): Runtime {
  return {
    name,
    title,
    async run(folder) {
      const command = find()
      const { stdout } = await promisify(execFile)(command, ['--version'])
      const server = await serve(await bundle(folder))
      const { port } = server.address() as AddressInfo
      const profile = mkdtempSync(join(folder, `${name}-`))
      const url = `http://localhost:${port}/`
      // A group of its own, since a browser is many processes.
      const child = spawn(command, ['--headless', ...args(profile), url], { stdio: 'ignore', detached: true })
      try {
        return { ...(await posted(server, child)), version: /\d[\d.]*/.exec(stdout)?.[0] ?? '' }
      } finally {
        await end(child)
        server.close()
      }
    },
  }
}

/** The program of a module worker, as one file. gpu.js is not installed, and not asked for. */
async function bundle(folder: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ['worker.js'],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0].text
}

const PAGE = '<!doctype html><script>new Worker("/worker.js", { type: "module" })</script>'

async function serve(script: string): Promise<Server> {
  const server = createServer((request, response) => {
    const [type, content] = request.url === '/worker.js' ? ['text/javascript', script] : ['text/html', PAGE]
    response.writeHead(200, { ...ISOLATED, 'Content-Type': type }).end(content)
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  return server
}

/** What the worker posts. Throws what it threw, and when the browser ends or nothing comes. */
async function posted(server: Server, child: ChildProcess): Promise<Omit<Result, 'version'>> {
  const stop = new AbortController()
  const result = new Promise<string>((resolve, reject) => {
    server.on('request', request => {
      if (request.method === 'POST') text(request).then(resolve, reject)
    })
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`the browser ended with ${code}`)))
    setTimeout(PATIENCE, undefined, { signal: stop.signal }).then(
      () => reject(new Error(`nothing from the page after ${PATIENCE / 1000} s`)),
      () => {},
    )
  })
  const { error, ...rest } = JSON.parse(await result.finally(() => stop.abort()))
  if (error !== undefined) throw new Error(error)
  return rest
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return
  const exit = once(child, 'exit')
  process.kill(-child.pid, 'SIGKILL')
  await exit
}
