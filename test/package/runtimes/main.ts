import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Argument, Command } from 'commander'
import { bare, FAST_CHECK, project } from '../project.ts'
import { sh } from '../shell.ts'
import { pack } from '../tarball.ts'
import { BROWSERS } from './browsers.ts'
import { PROCESSES } from './processes.ts'
import type { Result, Runtime } from './runtime.ts'

const RUNTIMES: readonly Runtime[] = [...PROCESSES, ...BROWSERS]

/** Trains in the runtimes of those names, or in all, and prints a table. Whether all gave the same, and ended. */
async function main(names: readonly string[]): Promise<boolean> {
  const home = mkdtempSync(join(tmpdir(), 'ir-softmax-runtimes-'))
  process.once('exit', () => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  // Node's own answer to these would skip that.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const chosen = RUNTIMES.filter(({ name }) => names.length === 0 || names.includes(name))
  const folder = await project({ tarball: await pack(home), home }, 'runtimes', FAST_CHECK)
  const installed = await install(home, chosen)
  for (const cells of [HEAD, HEAD.map(() => '---')]) console.log(line(cells))
  const results: Result[] = []
  for (const { name, title, run } of chosen) {
    try {
      const result = await run(folder, installed)
      const ended = result.ended === undefined ? 'a page' : result.ended ? 'yes' : 'NO'
      console.log(line([title, result.version, `${result.imports}`, 'yes', ended, result.checksum]))
      results.push(result)
    } catch (error) {
      console.log(line([name, ...HEAD.slice(1).map(() => 'FAILED')]))
      console.error((error as Error).message)
    }
  }
  const ended = results.filter(result => result.ended !== false).length
  return ended === chosen.length && new Set(results.map(({ checksum }) => checksum)).size === 1
}

const HEAD = ['runtime', 'version', 'entry points', 'threads', 'ends by itself', 'checksum']
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** The folder of the packages that hold runtimes, each under its runtime's name. */
async function install(home: string, runtimes: readonly Runtime[]): Promise<string> {
  const folder = bare(home, 'installed')
  const packages = runtimes.flatMap(({ name, install }) => (install ? [`${name}@npm:${install}`] : []))
  if (packages.length > 0) {
    await sh(folder, 'npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages)
  }
  return join(folder, 'node_modules')
}

await new Command('test:runtimes')
  .description(
    'Installs the package and runtimes, trains 20 steps on two threads in each, and compares the bits.',
  )
  .addArgument(new Argument('[runtimes...]', 'those alone').choices(RUNTIMES.map(({ name }) => name)))
  .action(async (names: string[]) => {
    if (!(await main(names))) process.exitCode = 1
  })
  .parseAsync()
