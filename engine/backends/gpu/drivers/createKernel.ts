import type { GPU, KernelShortcut } from '../gpuJs.ts'
import type { Program } from '../program.ts'
import type { Handle } from './driver.ts'
import { wgslNatives } from './wgsl.ts'

/** What a driver's kernels are translated to. */
export type Dialect = 'GLSL ES 1.00' | 'GLSL ES 3.00' | 'WGSL' | 'JavaScript'

/**
 * Functions that every kernel may call, in the words of each dialect. Compilers for GPUs may take it that no value is NaN
 * or infinite, and drop tests for them (of those tried `x != x` is false in WGSL, and `a < 0 ? 0 : a` is 0 of NaN on
 * Mesa): bits are what they cannot reason about. GLSL ES 1.00 shows none, and there `x != x` is true of NaN alone.
 *
 * - notANumber(x): 1 for NaN, else 0
 * - invalid(x): NaN, whatever x
 * - boundless(x): Infinity, for any finite x
 * - signum(x): 1 with the sign of x; x itself for zeros and NaN. In GLSL ES 1.00, 0 where a device takes x for that
 */
const NATIVES: Readonly<Record<string, Readonly<Record<Dialect, string>>>> = {
  notANumber: {
    JavaScript: 'function notANumber(x) { return x !== x ? 1 : 0; }',
    'GLSL ES 1.00': 'float notANumber(float x) { return x != x ? 1.0 : 0.0; }',
    'GLSL ES 3.00': `float notANumber(float x) {
      return (floatBitsToUint(x) & 0x7fffffffu) > 0x7f800000u ? 1.0 : 0.0;
    }`,
    WGSL: `fn fn_notANumber(x : f32) -> f32 {
      return select(0.0, 1.0, (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u);
    }`,
  },
  invalid: {
    JavaScript: 'function invalid(x) { return Math.sqrt(-1 - x * x); }',
    'GLSL ES 1.00': 'float invalid(float x) { return sqrt(-1.0 - abs(x)); }',
    'GLSL ES 3.00': 'float invalid(float x) { return uintBitsToFloat(floatBitsToUint(x) | 0x7fc00000u); }',
    WGSL: 'fn fn_invalid(x : f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) | 0x7fc00000u); }',
  },
  boundless: {
    JavaScript: 'function boundless(x) { return (x * x + 1) / 0; }',
    'GLSL ES 1.00': 'float boundless(float x) { return 3.0e38 * (abs(x) + 3.0); }',
    'GLSL ES 3.00': `float boundless(float x) {
      return uintBitsToFloat((floatBitsToUint(x) & 0u) | 0x7f800000u);
    }`,
    WGSL: 'fn fn_boundless(x : f32) -> f32 { return bitcast<f32>((bitcast<u32>(x) & 0u) | 0x7f800000u); }',
  },
  signum: {
    JavaScript: 'function signum(x) { return x > 0 ? 1 : x < 0 ? -1 : x; }',
    'GLSL ES 1.00': 'float signum(float x) { return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x * 1.0e30; }',
    'GLSL ES 3.00': `float signum(float x) {
      uint bits = floatBitsToUint(x);
      uint size = bits & 0x7fffffffu;
      return size == 0u || size > 0x7f800000u ? x : uintBitsToFloat((bits & 0x80000000u) | 0x3f800000u);
    }`,
    WGSL: `fn fn_signum(x : f32) -> f32 {
      let bits = bitcast<u32>(x);
      let size = bits & 0x7fffffffu;
      return select(bitcast<f32>((bits & 0x80000000u) | 0x3f800000u), x, size == 0u || size > 0x7f800000u);
    }`,
  },
}

/** The settings of gpu.js by which a program finds those that it calls. */
function nativesOf(program: Program, dialect: Dialect, args: readonly (Handle | number)[]): object {
  const { source, functions = [] } = program
  const text = [source, ...functions].join('\n')
  const called = Object.entries(NATIVES).filter(([name]) => text.includes(`${name}(`))
  if (dialect === 'JavaScript') {
    return { functions: [...functions, ...called.map(([, native]) => native.JavaScript)] }
  }
  const natives = called.map(([name, native]) => ({
    name,
    source: native[dialect],
    // gpu.js reads these off GLSL, and knows nothing of them in WGSL, where a function is called by another name, too.
    argumentTypes: { x: 'Float' },
    returnType: 'Float',
  }))
  const more = dialect === 'WGSL' ? wgslNatives(program, args) : []
  return { functions: [...functions], nativeFunctions: [...natives, ...more] }
}

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
  gpu: GPU,
  dialect: Dialect,
  program: Program,
  length: number,
  args: readonly (Handle | number)[],
  typeOf: (handle: Handle) => string,
  more: object = {},
): KernelShortcut {
  const { source, results = [] } = program
  const settings = {
    ...SETTINGS,
    ...nativesOf(program, dialect, args),
    output: [length],
    argumentTypes: args.map(a => (typeof a === 'number' ? 'Float' : typeOf(a))),
    // gpu.js infers it of what is returned.
    ...(program.stores ? { returnType: 'Number' } : {}),
    ...more,
  }
  if (results.length === 0) return gpu.createKernel(source, settings)
  const targets = results.map(name => [name, `function ${name}(a, b, c, d) { return [a, b, c, d]; }`])
  return gpu.createKernelMap(Object.fromEntries(targets), source, settings)
}
