import type { Program } from '../program.ts'
import type { Handle } from './driver.ts'

/** A function of WGSL, as gpu.js takes it. */
interface Native {
  readonly name: string
  readonly source: string
  readonly argumentTypes: Readonly<Record<string, 'Float' | 'Integer'>>
  readonly returnType: string
}

/** Cursors of an array that a program may have. */
const CURSORS = 4

/**
 * What a program may call on WebGPU beyond gpu.js's own words, which know loads of single values by float indices, and at
 * most four results a thread. `x` stands for the name of an array argument:
 *
 * - xSeek(r, i, step): puts cursor r of x to its i-th four, and its next ones `step` fours apart
 * - xMove(n): moves all cursors of x by n fours
 * - xFours(r, k): the k-th four from cursor r on; k is an integer
 * - store(i, v): the i-th result is v
 *
 * gpu.js binds array arguments to 1, 2, .. and the results to the binding after them.
 */
export function wgslNatives(program: Program, args: readonly (Handle | number)[]): Native[] {
  const { source } = program
  const [, parameters] = /^function \(([^)]*)\)/.exec(source)!
  const arrays = parameters
    .split(',')
    .flatMap((name, i) => (typeof args[i] === 'number' ? [] : [name.trim()]))
  const read = arrays.flatMap((name, i) => (source.includes(`${name}Fours(`) ? cursorsOf(name, 1 + i) : []))
  return program.stores ? [...read, STORE] : read
}

const cursorsOf = (x: string, binding: number): Native[] => [
  {
    name: `${x}Seek`,
    source: `@group(0) @binding(${binding}) var<storage, read> fours_${x} : array<vec4<f32>>;
var<private> at_${x} : array<i32, ${CURSORS}>;
var<private> step_${x} : array<i32, ${CURSORS}>;
fn fn_${x}Seek(r : i32, i : f32, step : f32) {
  at_${x}[r] = i32(i);
  step_${x}[r] = i32(step);
}`,
    argumentTypes: { r: 'Integer', i: 'Float', step: 'Float' },
    returnType: 'Number',
  },
  {
    name: `${x}Move`,
    source: `fn fn_${x}Move(n : f32) {
  let moved = i32(n);
  ${Array.from({ length: CURSORS }, (_, r) => `at_${x}[${r}] += moved;`).join(' ')}
}`,
    argumentTypes: { n: 'Float' },
    returnType: 'Number',
  },
  {
    name: `${x}Fours`,
    source: `fn fn_${x}Fours(r : i32, k : i32) -> vec4<f32> { return fours_${x}[at_${x}[r] + k * step_${x}[r]]; }`,
    argumentTypes: { r: 'Integer', k: 'Integer' },
    returnType: 'Array(4)',
  },
]

const STORE: Native = {
  name: 'store',
  source: 'fn fn_store(i : f32, v : f32) { result[i32(i)] = v; }',
  argumentTypes: { i: 'Float', v: 'Float' },
  returnType: 'Number',
}
