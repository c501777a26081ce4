import { type Shape, sizeOf } from '../../shape.ts'
import type { NDArray } from '../backend.ts'
import { collapse, rowStarts } from '../layout.ts'
import type { Core } from './core.ts'

/** Elements of a row where the operands do not say how to cut: enough to hide what starting one costs. */
const ROW = 4096
/** Bytes of the kernel's scratch. */
const SCRATCH = 48

/** Where an operand starts, and the bytes from one of its vectors, rows, and outer parts to the next. */
interface Walk {
  readonly at: number
  readonly step: number
  readonly row: number
  readonly outer: number
}

/** Where an operand starts, and the elements from one to the next along each axis. */
interface Strided {
  readonly at: number
  readonly strides: readonly number[]
}

/** What the kernel `rows` computes, where to, and what an element costs in floating-point operations. */
export interface Job {
  readonly f: number
  readonly z: number
  readonly work: number
}

/** z = f(x, y) over `shape`, to which one or two operands stretch. */
export function rows(core: Core, job: Job, operands: readonly NDArray[], shape: Shape): void {
  const size = sizeOf(shape)
  if (size === 0) return
  // Mostly they run on or stay as they are: no need to look closer.
  const [x, y = x] = operands
  if (runsOn(x, size) && runsOn(y, size)) {
    const first = walk(core.at(x), sizeOf(x.shape) === size ? 1 : 0, ROW)
    const second = y === x ? first : walk(core.at(y), sizeOf(y.shape) === size ? 1 : 0, ROW)
    run(core, job, first, second, ROW, size)
    return
  }
  const { sizes, strides } = collapse(
    shape,
    operands.map(x => x.shape),
  )
  const strided = operands.map((x, k) => ({ at: core.at(x), strides: strides[k] }))
  if (sizes.length < 2) flat(core, job, strided, sizes[0] ?? 1)
  else if (sizes.length === 2 && sizes[1] < ROW && strided.every(repeats)) biased(core, job, strided, sizes)
  else nested(core, job, strided, sizes)
}

/** Operands that run on or stay. */
function flat(core: Core, job: Job, operands: readonly Strided[], size: number): void {
  const [x, y = x] = operands.map(({ at, strides }) => walk(at, strides[0] ?? 0, ROW))
  run(core, job, x, y, ROW, size)
}

/** A single number, or as many as the result has, which are then in its order. */
const runsOn = ({ shape }: NDArray, size: number): boolean => {
  const own = sizeOf(shape)
  return own === size || own === 1
}

const repeats = ({ strides }: Strided): boolean => strides[1] === 1 || strides[0] === 0

/** Rows that are short, and the same in one operand: as many of them in line as make a long one. */
function biased(core: Core, job: Job, operands: readonly Strided[], [m, n]: readonly number[]): void {
  // A multiple of four rows is one of whole vectors.
  const length = n * Math.ceil(ROW / n / 4) * 4
  core.temporary(length * 4, tile => {
    const [x, y = x] = operands.map(({ at, strides: [row, step] }) => {
      if (row > 0 || step === 0) return walk(at, step, length)
      const { floats } = core.pool
      floats.copyWithin(tile / 4, at / 4, at / 4 + n)
      for (let have = n; have < length; have *= 2) {
        floats.copyWithin(tile / 4 + have, tile / 4, tile / 4 + Math.min(have, length - have))
      }
      return { at: tile, step: 16, row: 0, outer: 0 }
    })
    run(core, job, x, y, length, m * n)
  })
}

/** Whatever else: two axes around a row in the kernel, others here. */
function nested(core: Core, job: Job, operands: readonly Strided[], sizes: readonly number[]): void {
  const [outer, inner, n] = [sizes.at(-3) ?? 1, sizes.at(-2)!, sizes.at(-1)!]
  const lead = sizes.slice(0, -3)
  const starts = operands.map(({ strides }) => (lead.length === 0 ? [0] : rowStarts([...lead, 1], strides)))
  const part = outer * inner * n
  for (let i = 0; i < starts[0].length; i++) {
    const [x, y = x] = operands.map(({ at, strides }, k) => ({
      at: at + starts[k][i] * 4,
      step: strides.at(-1)! * 16,
      row: strides.at(-2)! * 4,
      outer: (strides.at(-3) ?? 0) * 4,
    }))
    run(core, { ...job, z: job.z + i * part * 4 }, x, y, n, part, inner)
  }
}

/** An operand of one axis, in rows of `length`. */
const walk = (at: number, stride: number, length: number): Walk => ({
  at,
  step: stride * 16,
  row: stride * length * 4,
  outer: 0,
})

function run(
  core: Core,
  { f, z, work }: Job,
  x: Walk,
  y: Walk,
  n: number,
  size: number,
  inner = Math.ceil(size / n),
): void {
  // biome-ignore format: arguments by what they describe
  core.threads.runWithScratch(
    'rows', Math.ceil(size / n), size * work, SCRATCH,
    f, n, size, inner, x.at, x.step, x.row, x.outer, y.at, y.step, y.row, y.outer, z,
  )
}
