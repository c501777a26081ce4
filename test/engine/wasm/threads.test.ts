import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Context } from '../../../engine/backends/wasm/context.ts'
import { createWasm, wasmOn } from '../../../engine/backends/wasm/index.ts'
import { Generator } from '../../../engine/index.ts'
import { seeds } from '../../../engine/testing/index.ts'
import { CALLS, perform } from '../../support/calls/index.ts'
import { check } from '../../support/property.ts'

type Kernel = (begin: number, end: number, ...rest: number[]) => number | undefined

const wait = (ms: number): void => {
  for (const end = performance.now() + ms; performance.now() < end; );
}

/**
 * A context that shares the smallest work among `threads`. `around` is called for each part that falls to this thread, and
 * `units` counts what all of them did.
 */
function sharing(threads: number, around: (run: () => void, units: number) => void) {
  const context = new Context({ threads })
  context.threads.minParallelFlops = 0
  const counted = { context, units: 0 }
  const kernels = Object.entries(context.threads.kernels).map(([name, kernel]) => {
    const run: Kernel = (begin, end, ...rest) => {
      let result: number | undefined
      around(() => {
        result = (kernel as Kernel)(begin, end, ...rest)
      }, end - begin)
      return result
    }
    return [name, run]
  })
  const { run, runWithScratch, runWithBlock } = context.threads as unknown as Record<
    string,
    (...args: unknown[]) => void
  >
  const count =
    (f: typeof run) =>
    (...args: unknown[]) => {
      counted.units += args[1] as number
      f.apply(context.threads, args)
    }
  const wrapped = {
    run: count(run),
    runWithScratch: count(runWithScratch),
    runWithBlock: count(runWithBlock),
  }
  Object.assign(context.threads, { kernels: Object.fromEntries(kernels), ...wrapped })
  return counted
}

/** abs of n ones at x, into z; both float32. */
function ones(context: Context, n: number) {
  const [x, z] = [context.storage.allocate([n], 'float32'), context.storage.allocate([n], 'float32')]
  context.memory.floats.fill(-1, x.at / 4, x.at / 4 + n)
  return {
    run: (to = z.at) => context.threads.run('abs', n / 4, 1e9, x.at, to),
    read: () => context.storage.read(z.array),
  }
}

describe('threads', () => {
  it.each([2, 3])('%i give the same bits as one, whatever they compute', threads => {
    let mine = 0
    const counted = sharing(threads, (run, units) => {
      mine += units
      // Otherwise this thread is done before the others wake.
      wait(0.02)
      run()
    })
    const [one, several] = [createWasm({ threads: 1 }), wasmOn(counted.context)]
    for (const call of CALLS) {
      check(
        fc.property(seeds(), seed => {
          const drawn = call.draw(new Generator(seed))
          const [a, b] = [one, several].map(k => new Uint32Array(perform(k, drawn).values.buffer))
          expect(b, call.name).toEqual(a)
        }),
        8,
      )
    }
    expect(mine).toBeLessThan(0.95 * counted.units)
  })

  it('a failure on this thread, or on another, is an error, and the next call works', () => {
    // Whether this thread does its parts, and how long it takes for each.
    let [idle, slow] = [false, 0]
    const { context } = sharing(2, run => {
      if (!idle) run()
      wait(slow)
    })
    const { run, read } = ones(context, 4096)
    const beyond = context.memory.shared.buffer.byteLength
    expect(() => run(beyond)).toThrow('memory access out of bounds')
    slow = 50
    run()
    expect(read()).toEqual(new Float32Array(4096).fill(1))
    idle = true
    expect(() => run(beyond)).toThrow('wasm: abs failed on a worker')
    idle = false
    run()
    expect(read()).toEqual(new Float32Array(4096).fill(1))
  })

  it('do not keep a process alive', () => {
    const program = `
      import { createWasm } from './engine/backends/wasm/index.ts'
      const k = createWasm({ threads: 3 })
      const x = k.fill(-1, [4_000_000], 'float32')
      const z = k.readSync(k.unary('abs', x))
      console.log(k.threads, z.every(v => v === 1))`
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program]
    expect(execFileSync(process.execPath, args, { timeout: 20_000, encoding: 'utf8' })).toBe('3 true\n')
  })

  it.each([0, -1, 1.5, Number.NaN])('%s threads are refused', n => {
    const backend = createWasm({ threads: 1 })
    expect(() => {
      backend.threads = n
    }).toThrow(`setThreads: an integer >= 1 expected, got ${n}`)
    expect(() => createWasm({ threads: n })).toThrow('setThreads')
    expect(backend.threads).toBe(1)
  })

  it.each([2 ** 31, 4097])('%s threads are too many', n => {
    expect(() => createWasm({ threads: n })).toThrow(`setThreads: at most 4096 expected, got ${n}`)
  })
})
