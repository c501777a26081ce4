/** What `navigator.gpu` is in a browser. */
type WebGPU = object

/** The package `webgpu`: WebGPU in Node by Dawn, which is Chromium's. */
interface Dawn {
  /** Dawn ends the process where the collector takes what this gives before its devices. */
  create(options: readonly string[]): WebGPU
}

/** The version that it is tested with, and the least: gpu.js brings 0.2.9, which needs a newer C library than many systems have. */
export const DAWN = '0.6.2'
const LEAST = [0, 6] as const

let kept: Promise<WebGPU | undefined> | undefined

/**
 * Runs f, which looks for WebGPU in `navigator.gpu`, as gpu.js does. In Node f finds that of the optional package `webgpu`
 * there, if it is installed, and nobody after it: packages take what has a navigator for a browser. Throws where the package
 * is installed and does not load.
 */
export async function withWebGPU<T>(f: () => T): Promise<Awaited<T>> {
  if ((globalThis.navigator as { gpu?: WebGPU } | undefined)?.gpu !== undefined) return await f()
  kept ??= createdFrom(import.meta.url)
  return await lent(await kept, f)
}

/** WebGPU of the package that a module at `url` imports; undefined where there is none, or an older one. */
export async function createdFrom(url: string): Promise<WebGPU | undefined> {
  const path = await pathFrom(url)
  if (path === undefined) return undefined
  try {
    // Not by its name, since bundlers for browsers would look for it.
    const { create }: Dawn = await import(/* @vite-ignore */ /* webpackIgnore: true */ path)
    return create([])
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause
    throw new Error(`gpu: the package webgpu is installed and does not load: ${reason}`, { cause })
  }
}

/** Where that package's module is, as a URL. */
async function pathFrom(url: string): Promise<string | undefined> {
  const [modules, urls] = [builtin('node:module'), builtin('node:url')]
  if (modules === undefined || urls === undefined) return undefined
  try {
    const require = modules.createRequire(url)
    const [major, minor] = require('webgpu/package.json').version.split('.').map(Number)
    const old = major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1])
    return old ? undefined : urls.pathToFileURL(require.resolve('webgpu')).href
  } catch {
    return undefined
  }
}

const builtin = <N extends 'node:module' | 'node:url'>(name: N) =>
  globalThis.process?.getBuiltinModule?.(name)

/** Runs f with that in `navigator.gpu`, so long as f has not returned: gpu.js looks there before it awaits anything. */
export function lent<T>(gpu: WebGPU | undefined, f: () => T): T {
  if (gpu === undefined) return f()
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator')
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true })
  try {
    return f()
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, 'navigator')
    else Object.defineProperty(globalThis, 'navigator', before)
  }
}
