import { Context } from '../../engine/backends/wasm/context.ts'
import { type Wasm, wasmOn } from '../../engine/backends/wasm/index.ts'
import type { Generator } from '../../engine/index.ts'

type Fields = Readonly<Record<string, number>>
type Block = { words: Int32Array; missing: Fields }
type Kernel = (...args: number[]) => number | undefined

interface Range {
  readonly from: number
  readonly to: number
}

/** Small, since the whole of it is compared after each kernel. */
const MEMORY = 2 ** 21

export interface Guarded {
  readonly backend: Wasm
  /** The exported kernels, and those that ran. */
  readonly kernels: readonly string[]
  readonly called: ReadonlySet<string>
  /** Runs `f`, in which all NaNs are alike or not: only bits that are no floats are the same in every case. */
  watch<T>(rng: Generator, sameNaNs: boolean, f: () => T): T
}

/**
 * The wasm backend, but each kernel that it calls runs once more with its units, where it has any, in two parts. Throws
 * unless the memory is the same afterwards, bit for bit, and only blocks that were allocated since `watch` began have
 * changed.
 *
 * WebAssembly leaves the sign and the payload of a NaN that arithmetic makes to the machine, so among floats any NaN is
 * like any other.
 */
export function createGuarded(): Guarded {
  const context = new Context({ limit: MEMORY, threads: 1 })
  const memory = new Uint32Array(context.memory.shared.buffer)
  /** Copies of the memory, in place of new ones: fresh pages would cost more than what is compared in them. */
  const [before, start, atOnce] = [0, 1, 2].map(() => new Uint32Array(memory.length))
  const compiled = context.threads.kernels as unknown as Record<string, Kernel>
  const names = Object.keys(compiled).filter(name => typeof compiled[name] === 'function')
  const called = new Set<string>()
  const allocated: Range[] = []
  let chance: Generator
  let alike = true

  const allocate = context.memory.allocate.bind(context.memory)
  context.memory.allocate = bytes => {
    const from = allocate(bytes)
    allocated.push({ from, to: from + Math.max(64, Math.ceil(bytes / 64) * 64) })
    return from
  }

  const same = (a: number, b: number): boolean => a === b || (alike && isNaNWord(a) && isNaNWord(b))
  /** Throws `what` where the memory differs from `expected` outside of `ranges`. */
  const compare = (what: string, expected: Uint32Array, ranges: readonly Range[]): void => {
    for (const { from, to } of ranges) expected.set(memory.subarray(from / 4, to / 4), from / 4)
    // Most of the memory is the same, which is quickly seen.
    if (bytesOf(memory).equals(bytesOf(expected))) return
    const i = memory.findIndex((word, at) => !same(word, expected[at]))
    if (i >= 0) throw new Error(`${what}: ${show(expected[i])} at ${i * 4} expected, got ${show(memory[i])}`)
  }

  const call = (name: string, ...args: number[]): number | undefined => {
    called.add(name)
    before.set(memory)
    const result = compiled[name](...args)
    compare(`${name} wrote to a block that is none of its own`, before, allocated)
    return result
  }

  const share = (name: string, units: number, args: number[], scratch: Range[]): void => {
    start.set(memory)
    call(name, 0, units, ...args)
    if (units < 2) return
    atOnce.set(memory)
    memory.set(start)
    const cut = chance.integer(1, units - 1)
    call(name, cut, units, ...args)
    call(name, 0, cut, ...args)
    compare(`${name}, its units in two parts and at once`, atOnce, scratch)
  }

  const withScratch = (name: string, units: number, bytes: number, ...args: number[]): void =>
    context.memory.temporary(bytes, at => share(name, units, [at, ...args], [{ from: at, to: at + bytes }]))

  Object.assign(context, {
    threads: {
      count: 1,
      kernels: Object.fromEntries(names.map(name => [name, (...args: number[]) => call(name, ...args)])),
      run: (name: string, units: number, _work: number, ...args: number[]) => share(name, units, args, []),
      runWithBlock(name: string, units: number, _work: number, block: Block, fields: Fields, bytes = 0) {
        context.memory.temporary(block.words.byteLength, at => {
          const { ints } = context.memory
          ints.set(block.words, at / 4)
          for (const field in fields) ints[at / 4 + block.missing[field]] = fields[field]
          if (bytes === 0) share(name, units, [at], [])
          else withScratch(name, units, bytes, at)
        })
      },
      runWithScratch: (name: string, units: number, _work: number, bytes: number, ...args: number[]) =>
        withScratch(name, units, bytes, ...args),
    },
  })
  return {
    backend: wasmOn(context),
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

/** Are these the bits of a float that is NaN? */
const isNaNWord = (word: number): boolean => (word & 0x7fffffff) > 0x7f800000

const show = (word: number): string =>
  `0x${word.toString(16)} (${new Float32Array(Uint32Array.of(word).buffer)[0]})`
