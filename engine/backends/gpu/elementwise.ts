import type { Shape } from '../../shape.ts'
import type { Backend, NDArray } from '../backend.ts'
import { collapse } from '../layout.ts'
import { type Core, cellOf } from './core.ts'
import { BINARY, type Formula, UNARY } from './functions.ts'
import { numbers, walk } from './walk.ts'

type Kernels = Pick<Backend, 'unary' | 'binary' | 'where' | 'broadcastTo'>

export const elementwise = (core: Core): Kernels => ({
  unary(f, x) {
    const { formula, functions } = UNARY[f]
    const source = `function (x) {
    // z[i] = ${f}(x[i])
    const a = x[this.thread.x];
    return ${formula};
  }`
    return core.run({ source, functions }, x.shape, x.dtype, [x])
  },

  binary(f, x, y, shape) {
    const row = BINARY[f]
    if (x.dtype === 'int32' && !row.integers) throw new Error(`${f}: float32 expected, got int32`)
    return broadcast(core, row, { a: x, b: y }, shape, x, row.integers ? [0, 1] : undefined)
  },

  where(condition, x, y, shape) {
    const [p, q] = [cellOf(x).range, cellOf(y).range]
    const range = [Math.min(p[0], q[0]), Math.max(p[1], q[1])] as const
    return broadcast(core, { formula: 'c === 0 ? b : a' }, { c: condition, a: x, b: y }, shape, x, range)
  },

  broadcastTo(x, shape) {
    return broadcast(core, { formula: 'a' }, { a: x }, shape, x, cellOf(x).range)
  },
})

/** `formula` of operands that broadcast to `shape`; the result has the dtype of `like`. */
function broadcast(
  core: Core,
  { formula, functions = [] }: Formula,
  operands: Readonly<Record<string, NDArray>>,
  shape: Shape,
  like: NDArray,
  range?: readonly [number, number],
): NDArray {
  const [names, arrays] = [Object.keys(operands), Object.values(operands)]
  const { sizes, strides } = collapse(
    shape,
    arrays.map(x => x.shape),
  )
  const upper = names.map(name => `${name}s`)
  const { parameters, lines, functions: more = [] } = walk(sizes.length, upper)
  const source = `function (${[...upper, parameters].filter(Boolean).join(', ')}) {
    // z[i] = ${formula}, ${names.map(name => `${name} from ${name}s`).join(', ')} along the axes that it has
    ${lines}
    ${names.map(name => `const ${name} = ${name}s[${name}sAt];`).join('\n    ')}
    return ${formula};
  }`
  const program = { source, functions: [...functions, ...more] }
  return core.run(program, shape, like.dtype, [...arrays, ...numbers(sizes, strides)], range)
}
