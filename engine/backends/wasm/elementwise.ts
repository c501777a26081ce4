import { toInt32 } from '../../dtype.ts'
import { type Shape, sameShape, sizeOf } from '../../shape.ts'
import type { Backend, Binary, NDArray, Unary } from '../backend.ts'
import { collapse, rowStarts } from '../layout.ts'
import type { Context } from './context.ts'
import * as codes from './kernels/codes.ts'

/** The codes of comparisons of int32, which alone work on them. */
const CODES_OF_INTEGERS: Readonly<Partial<Record<Binary, number>>> = {
  equal: codes.equalInt,
  notEqual: codes.notEqualInt,
  less: codes.lessInt,
  lessEqual: codes.lessEqualInt,
  greater: codes.greaterInt,
  greaterEqual: codes.greaterEqualInt,
}
const CODES: Readonly<Record<Binary, number>> = { ...codes }

/** What an element costs, in floating-point operations: bringing it and its result to and from memory, mostly. */
const WORK = 10
const CHEAP: readonly Unary[] = [
  'neg',
  'abs',
  'sign',
  'floor',
  'ceil',
  'round',
  'trunc',
  'relu',
  'sqrt',
  'rsqrt',
]
const FUNCTION = 50
const POWER = 300
/** Elements of a row where the operands do not say how to cut: enough to hide what starting one costs. */
const ROW = 4096
/** Bytes of the kernel's scratch. */
const SCRATCH = 48

/** A number's bits in float32. */
const float = new Float32Array(1)
const bitsOfFloat = new Int32Array(float.buffer)

export const vectors = (size: number): number => Math.ceil(size / 4)

export const elementwise = (context: Context) =>
  ({
    // By the host, whose conversions are as fast: this is no kernel of a training step.
    cast(x, dtype) {
      const { array, at } = context.storage.allocate(x.shape, dtype)
      const [from, n] = [context.storage.at(x) / 4, sizeOf(x.shape)]
      const { floats, ints } = context.memory
      if (dtype !== 'int32') for (let i = 0; i < n; i++) floats[at / 4 + i] = ints[from + i]
      else for (let i = 0; i < n; i++) ints[at / 4 + i] = toInt32('astype', floats[from + i])
      return array
    },

    fill(value, shape, dtype) {
      const { array, at } = context.storage.allocate(shape, dtype)
      const size = sizeOf(shape)
      float[0] = value
      const bits = dtype === 'int32' ? value : bitsOfFloat[0]
      context.threads.run('fill', vectors(size), size * WORK, bits, at)
      return array
    },

    unary(f, x) {
      const { array, at } = context.storage.allocate(x.shape, x.dtype)
      const size = sizeOf(x.shape)
      context.threads.run(
        f,
        vectors(size),
        size * (CHEAP.includes(f) ? WORK : FUNCTION),
        context.storage.at(x),
        at,
      )
      return array
    },

    binary(f, x, y, shape) {
      const code = x.dtype === 'int32' ? CODES_OF_INTEGERS[f] : CODES[f]
      if (code === undefined) throw new Error(`${f}: float32 expected, got int32`)
      return combined(context, code, [x, y], shape, f === 'pow' ? POWER : WORK)
    },

    reluGrad: (y, x, shape) => combined(context, codes.reluGrad, [y, x], shape),

    prelu: (x, slope, shape) => combined(context, codes.prelu, [x, slope], shape),

    scaledSum(x, alpha, y, beta) {
      const { array, at } = context.storage.allocate(x.shape, x.dtype)
      const size = sizeOf(x.shape)
      const { storage, threads } = context
      threads.run('scaledSum', vectors(size), size * WORK, storage.at(x), alpha, storage.at(y), beta, at)
      return array
    },

    shiftedPower(x, { shift, power, factor, constant }) {
      const { array, at } = context.storage.allocate(x.shape, x.dtype)
      const size = sizeOf(x.shape)
      const { storage, threads } = context
      // biome-ignore format: arguments by what they describe
      threads.run(
        'shiftedPower', vectors(size), size * POWER,
        storage.at(x), shift, power, factor, constant, at,
      )
      return array
    },

    broadcastTo: (x, shape) => combined(context, codes.copy, [x], shape),

    where(condition, x, y, shape) {
      const { array, at } = context.storage.allocate(shape, x.dtype)
      const size = sizeOf(shape)
      inFull(context, [condition, x, y], shape, ([c, p, q]) => {
        context.threads.runWithScratch('where', vectors(size), size * WORK, SCRATCH, ...c, ...p, ...q, at)
      })
      return array
    },
  }) satisfies Partial<Backend>

/** What the kernel `broadcast` computes, where to, and what an element costs in floating-point operations. */
interface Job {
  readonly code: number
  readonly z: number
  readonly work: number
}

/** An operand's address, and the elements from one to the next along each axis: 0 where it broadcasts. */
interface Operand {
  readonly at: number
  readonly strides: readonly number[]
}

/** An operand's address, and the bytes from one of its vectors, rows, and outer parts to the next. */
interface InRows {
  readonly at: number
  readonly vector: number
  readonly row: number
  readonly outer: number
}

/** The array f(x, y) of this shape. */
function combined(
  context: Context,
  code: number,
  operands: readonly NDArray[],
  shape: Shape,
  work = WORK,
): NDArray {
  const { array, at } = context.storage.allocate(shape, operands[0].dtype)
  broadcast(context, { code, z: at, work }, operands, shape)
  return array
}

/** z = f(x, y) over `shape`, to which one or two operands broadcast. */
function broadcast(context: Context, job: Job, operands: readonly NDArray[], shape: Shape): void {
  const size = sizeOf(shape)
  if (size === 0) return
  const { storage } = context
  // Mostly they are contiguous or single numbers: no need to look closer.
  const [x, y = x] = operands
  if (isFlat(x, size) && isFlat(y, size)) {
    const first = inRows(storage.at(x), sizeOf(x.shape) === size ? 1 : 0, ROW)
    const second = y === x ? first : inRows(storage.at(y), sizeOf(y.shape) === size ? 1 : 0, ROW)
    run(context, job, first, second, ROW, size)
    return
  }
  const { sizes, strides } = collapse(
    shape,
    operands.map(x => x.shape),
  )
  const strided = operands.map((x, k) => ({ at: storage.at(x), strides: strides[k] }))
  if (sizes.length < 2) flat(context, job, strided, sizes[0] ?? 1)
  else if (sizes.length === 2 && sizes[1] < ROW && strided.every(repeatsRows)) {
    repeated(context, job, strided, sizes)
  } else outer(context, job, strided, sizes)
}

/** A single number, or as many as the result has, which are then in its order. */
const isFlat = ({ shape }: NDArray, size: number): boolean => {
  const own = sizeOf(shape)
  return own === size || own === 1
}

const repeatsRows = ({ strides }: Operand): boolean => strides[1] === 1 || strides[0] === 0

/** Operands that are contiguous or single numbers. */
function flat(context: Context, job: Job, operands: readonly Operand[], size: number): void {
  const [x, y = x] = operands.map(({ at, strides }) => inRows(at, strides[0] ?? 0, ROW))
  run(context, job, x, y, ROW, size)
}

/** Rows that are short, and the same in one operand, such as a bias: as many of them in line as make a long one. */
function repeated(context: Context, job: Job, operands: readonly Operand[], [m, n]: readonly number[]): void {
  const { memory } = context
  const length = lineOf(n)
  memory.temporary(length * 4, line => {
    const [x, y = x] = operands.map(({ at, strides: [row, step] }) => {
      if (row > 0 || step === 0) return inRows(at, step, length)
      repeat(context, at, n, line, length)
      return { at: line, vector: 16, row: 0, outer: 0 }
    })
    run(context, job, x, y, length, m * n)
  })
}

/** How many elements a line of n repeated ones has: whole vectors, and enough to hide what starting one costs. */
export const lineOf = (n: number): number => n * Math.ceil(ROW / n / 4) * 4

/** Writes n elements over and over, to a line of `length`. */
export function repeat({ memory }: Context, from: number, n: number, line: number, length: number): void {
  const { floats } = memory
  floats.copyWithin(line / 4, from / 4, from / 4 + n)
  for (let have = n; have < length; have *= 2) {
    floats.copyWithin(line / 4 + have, line / 4, line / 4 + Math.min(have, length - have))
  }
}

/** Whatever else: two axes around a row in the kernel, others here. */
function outer(context: Context, job: Job, operands: readonly Operand[], sizes: readonly number[]): void {
  const [outer, inner, n] = [sizes.at(-3) ?? 1, sizes.at(-2)!, sizes.at(-1)!]
  const lead = sizes.slice(0, -3)
  const starts = operands.map(({ strides }) => (lead.length === 0 ? [0] : rowStarts([...lead, 1], strides)))
  const size = outer * inner * n
  for (let i = 0; i < starts[0].length; i++) {
    const [x, y = x] = operands.map(({ at, strides }, k) => ({
      at: at + starts[k][i] * 4,
      vector: strides.at(-1)! * 16,
      row: strides.at(-2)! * 4,
      outer: (strides.at(-3) ?? 0) * 4,
    }))
    run(context, { ...job, z: job.z + i * size * 4 }, x, y, n, size, inner)
  }
}

/** An operand of one axis, in rows of `length`. */
const inRows = (at: number, stride: number, length: number): InRows => ({
  at,
  vector: stride * 16,
  row: stride * length * 4,
  outer: 0,
})

function run(
  { threads }: Context,
  { code, z, work }: Job,
  x: InRows,
  y: InRows,
  n: number,
  size: number,
  inner = Math.ceil(size / n),
): void {
  // biome-ignore format: arguments by what they describe
  threads.runWithScratch(
    'broadcast', Math.ceil(size / n), size * work, SCRATCH,
    code, n, size, inner, x.at, x.vector, x.row, x.outer, y.at, y.vector, y.row, y.outer, z,
  )
}

type Placed = readonly [address: number, bytesBetweenVectors: number]

/** Runs `f` with where the operands lie: single numbers as they are, others at full size. */
function inFull(
  context: Context,
  [x, ...rest]: readonly NDArray[],
  shape: Shape,
  f: (operands: readonly Placed[]) => void,
  before: readonly Placed[] = [],
): void {
  const { memory, storage } = context
  const next = (...placed: Placed) => inFull(context, rest, shape, f, [...before, placed])
  if (x === undefined) f(before)
  else if (sizeOf(x.shape) === 1) next(storage.at(x), 0)
  else if (sameShape(x.shape, shape)) next(storage.at(x), 16)
  else {
    memory.temporary(sizeOf(shape) * 4, at => {
      broadcast(context, { code: codes.copy, z: at, work: WORK }, [x], shape)
      next(at, 16)
    })
  }
}
