import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'
import * as vite from 'vite'
import { type Context, GPU_JS, project } from '../project.ts'
import { type Check, failIfAny } from './check.ts'

/** A margin loss and its gradient: what a page that computes a loss imports. */
const LOSS = `
import { cosFace } from 'ir-softmax/losses'
import { generator, grad, randn } from 'ir-softmax/engine'
const loss = cosFace({ classes: 3, dim: 4 })
globalThis.result = grad(loss(randn([2, 4], generator(0)), [0, 1]), loss.parameters)`

/** The same with all of the engine, the GPU as well. */
const ENGINE = `${LOSS}
import * as engine from 'ir-softmax/engine'
globalThis.engine = engine`

/** What only gpu.js says, however it was minified: found in a bundle that has it, or this test looks for nothing. */
const WORDS = ['Auto output not supported for input type', 'WasmModuleBuilder: duplicate function name']

interface Bundle {
  /** What runs when the bundle is loaded. */
  readonly entry: string
  /** What may be loaded later. */
  readonly later: readonly string[]
}

export const bundles: Check = {
  name: 'bundles',
  what: 'cosFace and the engine bundled by esbuild and by Vite: no gpu.js before the GPU is asked for; sizes',
  async run(context) {
    const [folder, without] = [
      await project(context, 'bundles', GPU_JS),
      await project(context, 'bundles-without-gpu'),
    ]
    for (const to of [folder, without]) {
      writeFileSync(join(to, 'loss.js'), LOSS)
      writeFileSync(join(to, 'engine.js'), ENGINE)
    }
    const wrong: string[] = []
    for (const [name, bundle] of Object.entries({ esbuild: byEsbuild, vite: byVite })) {
      // Bundlers refuse packages that are missing, unless they can be done without.
      await bundle(without, 'engine.js')
      const [loss, engine] = [await bundle(folder, 'loss.js'), await bundle(folder, 'engine.js')]
      if (hasGpu(loss.entry)) wrong.push(`${name}: gpu.js in a bundle of cosFace and parts of the engine`)
      if (loss.later.some(hasGpu))
        wrong.push(`${name}: gpu.js to be loaded later, by a bundle that names no GPU`)
      if (hasGpu(engine.entry)) wrong.push(`${name}: gpu.js loaded at once, by a bundle of all of the engine`)
      if (!engine.later.some(hasGpu))
        wrong.push(`${name}: nowhere the gpu.js that all of the engine can load`)
    }
    if (hasGpu((await byEsbuild(folder, 'loss.js', true)).entry))
      wrong.push('esbuild: gpu.js at once, in parts')
    failIfAny('bundles', wrong)
    return sizes(context, await byEsbuild(folder, 'loss.js'))
  },
}

const hasGpu = (text: string): boolean => WORDS.some(word => text.includes(word))

const kB = (bytes: number): string => `${(bytes / 1e3).toFixed(0)} kB`
const MB = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

function sizes({ tarball }: Context, { entry }: Bundle): string {
  const packed = `tarball ${MB(tarball.size)}, unpacked ${MB(tarball.unpackedSize)}`
  const bundle = `cosFace and the engine minified ${kB(entry.length)}, with gzip ${kB(gzipSync(entry).length)}`
  return `${packed}; ${bundle}`
}

/**
 * What is loaded at once, and the rest. Bundles with parts have a file for every import(), also for those in code that
 * esbuild left out: what names no GPU is bundled whole.
 */
async function byEsbuild(folder: string, entry: string, splitting = entry === 'engine.js'): Promise<Bundle> {
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: folder,
    entryPoints: [entry],
    outdir: 'out',
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    splitting,
    format: 'esm',
    logLevel: 'silent',
  })
  const atOnce = new Set<string>()
  const load = (path: string): void => {
    if (atOnce.has(path)) return
    atOnce.add(path)
    for (const { path: next, kind } of metafile.outputs[path].imports)
      if (kind === 'import-statement') load(next)
  }
  load(`out/${entry}`)
  const [first, later] = [true, false].map(now =>
    outputFiles.filter(file => atOnce.has(relative(folder, file.path)) === now).map(file => file.text),
  )
  return { entry: first.join('\n'), later }
}

async function byVite(folder: string, entry: string): Promise<Bundle> {
  const result = await vite.build({
    configFile: false,
    root: folder,
    logLevel: 'silent',
    build: { write: false, rolldownOptions: { input: join(folder, entry) } },
  })
  const chunks = [result].flat().flatMap(output => ('output' in output ? output.output : []))
  const texts = chunks.flatMap(chunk => (chunk.type === 'chunk' ? [chunk] : []))
  const first = texts.filter(chunk => chunk.isEntry)
  const atOnce = new Set(first.flatMap(chunk => [chunk.fileName, ...chunk.imports]))
  return {
    entry: texts
      .filter(chunk => atOnce.has(chunk.fileName))
      .map(chunk => chunk.code)
      .join('\n'),
    later: texts.filter(chunk => !atOnce.has(chunk.fileName)).map(chunk => chunk.code),
  }
}
