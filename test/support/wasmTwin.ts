import { Core } from '../../engine/backends/wasm/core.ts'
import { type Wasm, wasmOn } from '../../engine/backends/wasm/index.ts'
import type { Generator } from '../../engine/index.ts'
import { plainKernels } from './wasmShim.ts'

type Kernel = (...args: number[]) => number | undefined

interface Range {
  readonly from: number
  readonly to: number
}

/** Small, since the whole of it is compared after each kernel. */
const MEMORY = 2 ** 21

export interface Twin {
  readonly backend: Wasm
  /** The exported kernels, and those that ran. */
  readonly kernels: readonly string[]
  readonly called: ReadonlySet<string>
  /** Runs `f`, in which all NaNs are alike or not: only bits that are no floats are the same in every case. */
  watch<T>(rng: Generator, sameNaNs: boolean, f: () => T): T
}

/**
 * The wasm backend, but each kernel that it calls also runs as plain TypeScript on a copy of its memory, and once
 * more in WASM with its units, where it has any, in two parts. Throws unless the memories are the same afterwards, bit for bit, and only
 * blocks that were allocated since `watch` began have changed.
 *
 * WebAssembly leaves the sign and the payload of a NaN that arithmetic makes to the machine, so among floats any NaN is
 * like any other.
 */
export async function createTwin(): Promise<Twin> {
  const core = new Core({ limit: MEMORY, threads: 1 })
  const wasm = new Uint32Array(core.pool.memory.buffer)
  const copy = new ArrayBuffer(wasm.byteLength)
  const ours = new Uint32Array(copy)
  const plain = (await plainKernels(copy)) as Record<string, Kernel>
  const compiled = core.threads.kernels as unknown as Record<string, Kernel>
  const names = Object.keys(compiled).filter(name => typeof compiled[name] === 'function')
  const called = new Set<string>()
  const allocated: Range[] = []
  let chance: Generator
  let alike = true

  const allocate = core.pool.allocate.bind(core.pool)
  core.pool.allocate = bytes => {
    const from = allocate(bytes)
    allocated.push({ from, to: from + Math.max(64, Math.ceil(bytes / 64) * 64) })
    return from
  }

  const same = (a: number, b: number): boolean => a === b || (alike && isNaNWord(a) && isNaNWord(b))
  const differing = (a: Uint32Array, b: Uint32Array): number =>
    // Most of the memory is the same, which is quickly seen.
    bytesOf(a).equals(bytesOf(b)) ? -1 : a.findIndex((word, i) => !same(word, b[i]))
  const compare = (what: string, before: Uint32Array, except?: Range): void => {
    if (except !== undefined) copyRange(wasm, ours, except)
    const i = differing(wasm, ours)
    if (i >= 0) throw new Error(`${what}: at ${i * 4}: ${show(wasm[i])} and ${show(ours[i])}`)
    for (const range of allocated) copyRange(wasm, before, range)
    const j = differing(wasm, before)
    if (j >= 0) throw new Error(`${what}: wrote ${show(wasm[j])} at ${j * 4}, which is none of its blocks`)
  }

  const call = (name: string, ...args: number[]): number | undefined => {
    called.add(name)
    const before = wasm.slice()
    ours.set(before)
    const [result, plainResult] = [compiled[name](...args), plain[name](...args)]
    compare(`${name} in WASM and in TypeScript`, before)
    if (!Object.is(result, plainResult)) throw new Error(`${name}: ${result} and ${plainResult}`)
    return result
  }

  const share = (name: string, units: number, args: number[], scratch?: Range): void => {
    const before = wasm.slice()
    call(name, 0, units, ...args)
    if (units < 2) return
    wasm.set(before)
    const cut = chance.integer(1, units - 1)
    compiled[name](cut, units, ...args)
    compiled[name](0, cut, ...args)
    compare(`${name}, its units in two parts and at once`, before, scratch)
  }

  Object.assign(core, {
    threads: {
      count: 1,
      kernels: Object.fromEntries(names.map(name => [name, (...args: number[]) => call(name, ...args)])),
      run: (name: string, units: number, _work: number, ...args: number[]) => share(name, units, args),
      runWithScratch: (name: string, units: number, _work: number, bytes: number, ...args: number[]) =>
        core.temporary(bytes, at => share(name, units, [at, ...args], { from: at, to: at + bytes })),
    },
  })
  return {
    backend: wasmOn(core),
    kernels: names,
    called,
    watch(rng, sameNaNs, f) {
      chance = rng
      alike = sameNaNs
      allocated.length = 0
      return f()
    },
  }
}

const bytesOf = ({ buffer }: Uint32Array): Buffer => Buffer.from(buffer)

const copyRange = (from: Uint32Array, to: Uint32Array, range: Range): void =>
  to.set(from.subarray(range.from / 4, range.to / 4), range.from / 4)

/** Are these the bits of a float that is NaN? */
const isNaNWord = (word: number): boolean => (word & 0x7fffffff) > 0x7f800000

const show = (word: number): string =>
  `0x${word.toString(16)} (${new Float32Array(Uint32Array.of(word).buffer)[0]})`
