import type { Gpu, Shortcut } from '../library.ts'
import type { Program } from '../program.ts'
import type { Handle } from './driver.ts'
import { type Dialect, nativesOf } from './natives.ts'

/**
 * What every kernel is made with. `precision` and `tactic`: floats of 32 bits, where gpu.js would take fewer;
 * `loopMaxIterations`: loops with bounds that are arguments would stop after 1,000 turns; `dynamic...`: sizes are
 * uniforms, where gpu.js would bake in those of the first call.
 */
const SETTINGS = {
  precision: 'single',
  tactic: 'precision',
  loopMaxIterations: 2 ** 30,
  dynamicOutput: true,
  dynamicArguments: true,
}

/** A kernel of gpu.js; `typeOf` says what it calls the type of an array. */
export function createKernel(
  gpu: Gpu,
  dialect: Dialect,
  program: Program,
  length: number,
  args: readonly (Handle | number)[],
  typeOf: (handle: Handle) => string,
  more: object = {},
): Shortcut {
  const { source, results = [] } = program
  const settings = {
    ...SETTINGS,
    ...nativesOf(program, dialect),
    output: [length],
    argumentTypes: args.map(a => (typeof a === 'number' ? 'Float' : typeOf(a))),
    ...more,
  }
  if (results.length === 0) return gpu.createKernel(source, settings)
  const targets = results.map(name => [name, `function ${name}(a, b, c, d) { return [a, b, c, d]; }`])
  return gpu.createKernelMap(Object.fromEntries(targets), source, settings)
}

/** A kernel that copies an array which comes from the host. */
export const UPLOAD: Program = {
  source: `function (x) {
    // z[i] = x[i]
    return x[this.thread.x];
  }`,
}
