import { toInt32 } from '../../dtype.ts'
import { type Shape, sameShape, sizeOf } from '../../shape.ts'
import type { Backend, Binary, NDArray, Unary } from '../backend.ts'
import type { Core } from './core.ts'
import * as codes from './kernels/codes.ts'
import { rows } from './rows.ts'

type Kernels = Pick<Backend, 'cast' | 'fill' | 'unary' | 'binary' | 'where' | 'broadcastTo'>

const CODES: Readonly<Record<Binary, number>> = {
  add: codes.ADD,
  sub: codes.SUB,
  mul: codes.MUL,
  div: codes.DIV,
  pow: codes.POW,
  maximum: codes.MAXIMUM,
  minimum: codes.MINIMUM,
  equal: codes.EQUAL,
  notEqual: codes.NOT_EQUAL,
  less: codes.LESS,
  lessEqual: codes.LESS_EQUAL,
  greater: codes.GREATER,
  greaterEqual: codes.GREATER_EQUAL,
}

const OF_INTEGERS: Readonly<Partial<Record<Binary, number>>> = {
  equal: codes.INT_EQUAL,
  notEqual: codes.INT_NOT_EQUAL,
  less: codes.INT_LESS,
  lessEqual: codes.INT_LESS_EQUAL,
  greater: codes.INT_GREATER,
  greaterEqual: codes.INT_GREATER_EQUAL,
}

/** What an element costs, in floating-point operations: bringing it and its result to and from memory, mostly. */
const WORK = 10
const CHEAP: readonly Unary[] = ['neg', 'abs', 'sign', 'relu', 'sqrt', 'rsqrt']
const FUNCTION = 50
const POWER = 300

/** A number's bits in float32. */
const float = new Float32Array(1)
const bitsOfFloat = new Int32Array(float.buffer)

const vectors = (size: number): number => Math.ceil(size / 4)

export const elementwise = (core: Core): Kernels => ({
  // By the host, whose conversions are as fast: this is no kernel of a training step.
  cast(x, dtype) {
    const { array, at } = core.allocate(x.shape, dtype)
    const [from, n] = [core.at(x) / 4, sizeOf(x.shape)]
    const { floats, ints } = core.pool
    if (dtype !== 'int32') for (let i = 0; i < n; i++) floats[at / 4 + i] = ints[from + i]
    else for (let i = 0; i < n; i++) ints[at / 4 + i] = toInt32('astype', floats[from + i])
    return array
  },

  fill(value, shape, dtype) {
    const { array, at } = core.allocate(shape, dtype)
    const size = sizeOf(shape)
    float[0] = value
    const bits = dtype === 'int32' ? value : bitsOfFloat[0]
    core.threads.run('fill', vectors(size), size * WORK, bits, at)
    return array
  },

  unary(f: Unary, x) {
    const { array, at } = core.allocate(x.shape, x.dtype)
    const size = sizeOf(x.shape)
    core.threads.run(f, vectors(size), size * (CHEAP.includes(f) ? WORK : FUNCTION), core.at(x), at)
    return array
  },

  binary(f, x, y, shape) {
    const code = x.dtype === 'int32' ? OF_INTEGERS[f] : CODES[f]
    if (code === undefined) throw new Error(`${f}: float32 expected, got int32`)
    const { array, at } = core.allocate(shape, x.dtype)
    rows(core, { f: code, z: at, work: f === 'pow' ? POWER : WORK }, [x, y], shape)
    return array
  },

  where(condition, x, y, shape) {
    const { array, at } = core.allocate(shape, x.dtype)
    const size = sizeOf(shape)
    stretched(core, [condition, x, y], shape, ([c, p, q]) => {
      core.threads.runWithScratch('where', vectors(size), size * WORK, 48, ...c, ...p, ...q, at)
    })
    return array
  },

  broadcastTo(x, shape) {
    const { array, at } = core.allocate(shape, x.dtype)
    rows(core, { f: codes.COPY, z: at, work: WORK }, [x], shape)
    return array
  },
})

type Placed = readonly [address: number, bytesBetweenVectors: number]

/** Runs `f` with where the operands lie: single numbers as they are, others at full size. */
function stretched(
  core: Core,
  [x, ...rest]: readonly NDArray[],
  shape: Shape,
  f: (placed: readonly Placed[]) => void,
  placed: readonly Placed[] = [],
): void {
  const next = (...place: Placed) => stretched(core, rest, shape, f, [...placed, place])
  if (x === undefined) f(placed)
  else if (sizeOf(x.shape) === 1) next(core.at(x), 0)
  else if (sameShape(x.shape, shape)) next(core.at(x), 16)
  else {
    core.temporary(sizeOf(shape) * 4, at => {
      rows(core, { f: codes.COPY, z: at, work: WORK }, [x], shape)
      next(at, 16)
    })
  }
}
