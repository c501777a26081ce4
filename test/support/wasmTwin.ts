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
 * more in WASM with its units in two parts. Throws unless the memories are the same afterwards, bit for bit, and only
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
  const compare = (what: string, before: Uint32Array, except?: Range): void => {
    wasm.forEach((word, i) => {
      if (!same(word, ours[i]) && !(except !== undefined && within(except, i * 4))) {
        throw new Error(`${what}: at ${i * 4}: ${show(word)} and ${show(ours[i])}`)
      }
      if (word !== before[i] && !allocated.some(range => within(range, i * 4))) {
        throw new Error(`${what}: wrote ${show(word)} at ${i * 4}, which is none of its blocks`)
      }
    })
  }

  const run = (name: string, args: number[], scratch?: Range): number | undefined => {
    called.add(name)
    const before = wasm.slice()
    ours.set(before)
    const [result, plainResult] = [compiled[name](...args), plain[name](...args)]
    compare(`${name} in WASM and in TypeScript`, before)
    if (!Object.is(result, plainResult)) throw new Error(`${name}: ${result} and ${plainResult}`)
    const [begin, end, ...rest] = args
    if (end - begin < 2) return result
    wasm.set(before)
    const cut = chance.integer(begin + 1, end - 1)
    compiled[name](cut, end, ...rest)
    compiled[name](begin, cut, ...rest)
    compare(`${name}, its units in two parts and at once`, before, scratch)
    return result
  }

  Object.assign(core, {
    threads: {
      count: 1,
      kernels: Object.fromEntries(names.map(name => [name, (...args: number[]) => run(name, args)])),
      run: (name: string, units: number, _work: number, ...args: number[]) => run(name, [0, units, ...args]),
      runWithScratch: (name: string, units: number, _work: number, bytes: number, ...args: number[]) =>
        core.temporary(bytes, at => run(name, [0, units, at, ...args], { from: at, to: at + bytes })),
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

const within = ({ from, to }: Range, at: number): boolean => at >= from && at < to

/** Are these the bits of a float that is NaN? */
const isNaNWord = (word: number): boolean => (word & 0x7fffffff) > 0x7f800000

const show = (word: number): string =>
  `0x${word.toString(16)} (${new Float32Array(Uint32Array.of(word).buffer)[0]})`
