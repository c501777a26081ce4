import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Argument, Command } from 'commander'
import { bundles } from './checks/bundles.ts'
import type { Check } from './checks/check.ts'
import { contents } from './checks/contents.ts'
import { esbuild } from './checks/esbuild.ts'
import { install } from './checks/install.ts'
import { lint } from './checks/lint.ts'
import { node } from './checks/node.ts'
import { photos } from './checks/photos.ts'
import { typescript } from './checks/typescript.ts'
import { vite } from './checks/vite.ts'
import { webgpu } from './checks/webgpu.ts'
import { pack } from './tarball.ts'

const CHECKS: readonly Check[] = [
  contents,
  lint,
  install,
  bundles,
  node,
  webgpu,
  typescript,
  esbuild,
  vite,
  photos,
]

/** Shows what is being done and how long it took; gives its result, or undefined when it failed. */
async function step<T>(
  label: string,
  f: () => Promise<T>,
  say: (result: T) => string,
): Promise<T | undefined> {
  process.stdout.write(`${label} ... `)
  const start = performance.now()
  const seconds = (): string => `${((performance.now() - start) / 1000).toFixed(1)} s`
  try {
    const result = await f()
    console.log(`ok, ${seconds()}${say(result) && `: ${say(result)}`}`)
    return result
  } catch (error) {
    console.log(`FAILED, ${seconds()}\n${(error as Error).message}\n`)
    return undefined
  }
}

/** Runs the checks of those names, or all; whether all went well. */
async function main(names: readonly string[], { keep }: { keep: boolean }): Promise<boolean> {
  const home = mkdtempSync(join(tmpdir(), 'ir-softmax-package-'))
  process.once('exit', () => {
    if (keep) console.log(`kept: ${home}`)
    else rmSync(home, { recursive: true, force: true })
  })
  // Node's own answer to these would skip that.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const tarball = await step(
    'build and pack',
    () => pack(home),
    ({ files }) => `${files.length} files`,
  )
  if (tarball === undefined) return false
  let well = true
  for (const check of CHECKS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const run = () => check.run({ tarball, home })
    const done = await step(`${check.name}: ${check.what}`, run, said => said)
    well &&= done !== undefined
  }
  return well
}

const names = CHECKS.map(check => check.name)
await new Command('test:package')
  .description('Builds and packs the package, installs it into empty projects, and runs each of them.')
  .addArgument(new Argument('[checks...]', 'those alone').choices(names))
  .option('--keep', 'leave the projects in their temporary folder', false)
  .action(async (chosen: string[], options: { keep: boolean }) => {
    if (!(await main(chosen, options))) process.exitCode = 1
  })
  .parseAsync()
