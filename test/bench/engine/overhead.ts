/**
 * `overhead.ts <options as JSON>`: how much of a training step is not arithmetic, as one line of JSON. Two clocks,
 * since neither tells all: around the backend's kernels (what is left: tape, dispatch, optimiser, `tidy`), and around
 * the functions of WebAssembly (what is left: that, and the allocation and the arguments of each kernel). A clock
 * costs 0.1 us a call, which counts as overhead.
 */
import type { Backend } from '../../../engine/index.ts'
import { stepCase } from '../cases/step.ts'
import { summarize } from '../harness/statistics.ts'
import type { OursOptions } from '../ours/adapter.ts'

export interface OverheadOptions extends OursOptions {
  readonly classes: number
  readonly steps: number
}

/** Milliseconds a step, in all and outside of what has the clock, medians; and how often it was inside. */
export interface Measured {
  readonly total: number
  readonly outside: number
  readonly calls: number
}

export interface OverheadReport {
  /** No calls where the backend has no WebAssembly. */
  readonly wasm: Measured
  readonly kernels: Measured
}

class Clock {
  ms = 0
  calls = 0
  running = false

  /** The same function, timed while the clock runs; what it calls of its kind counts once. */
  around<A extends unknown[], R>(f: (...args: A) => R): (...args: A) => R {
    const clock = this
    return function (this: unknown, ...args: A): R {
      if (!clock.running) return f.apply(this, args)
      clock.running = false
      const start = performance.now()
      try {
        return f.apply(this, args)
      } finally {
        clock.ms += performance.now() - start
        clock.calls++
        clock.running = true
      }
    }
  }
}

const wasm = new Clock()
/** Puts the clock around every function of every module that is made from now on. */
function watchWebAssembly(): void {
  const { Instance } = WebAssembly
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, args: [WebAssembly.Module, WebAssembly.Imports?]) {
      const { exports } = new target(...args)
      const timed = Object.entries(exports).map(([name, value]) =>
        typeof value === 'function' ? [name, wasm.around(value as never)] : [name, value],
      )
      return { exports: Object.fromEntries(timed) }
    },
  })
}

const kernels = new Clock()
/** `free` and `leaveToCollector` stay out of it: they are a part of the allocation. */
function watchKernels(backend: Backend): void {
  const methods = new Set<string>()
  for (let o: object | null = backend; o !== null && o !== Object.prototype; o = Object.getPrototypeOf(o)) {
    for (const name of Object.getOwnPropertyNames(o)) methods.add(name)
  }
  for (const name of methods) {
    const method: unknown = Reflect.get(backend, name)
    if (typeof method !== 'function' || ['constructor', 'free', 'leaveToCollector'].includes(name)) continue
    Reflect.set(backend, name, kernels.around(method as never))
  }
}

const options = JSON.parse(process.argv[2]) as OverheadOptions
watchWebAssembly()
// Loaded only now: a module may be made as the library is.
const { setUp } = await import('../ours/adapter.ts')
const { training } = await import('../ours/step.ts')
const backend = setUp(options)
const { step } = training(stepCase(options.classes))

function measure(clock: Clock): Measured {
  const [totals, outside]: [number[], number[]] = [[], []]
  for (let i = 0; i < options.steps; i++) {
    clock.ms = clock.calls = 0
    clock.running = true
    const start = performance.now()
    step()
    const total = performance.now() - start
    clock.running = false
    totals.push(total)
    outside.push(total - clock.ms)
  }
  return { total: summarize(totals).median, outside: summarize(outside).median, calls: clock.calls }
}

measure(wasm)
const inWasm = measure(wasm)
watchKernels(backend)
measure(kernels)
const report: OverheadReport = { wasm: inWasm, kernels: measure(kernels) }
console.log(JSON.stringify(report))
