import { sizeOf } from '../../shape.ts'
import type { Convolution } from '../backend.ts'
import type { Context } from './context.ts'
import type { Epilogue } from './correlate.ts'
import { type Side, sides, TAP_WORK, windowsOf } from './narrowGroups.ts'
import { blockOf } from './threads.ts'

/** What the geometry alone tells; all that the arrays add is where they lie. */
export type DepthwisePlan = ReturnType<typeof planOf>

/** z = bias + the sum over taps. */
export const depthwiseForward = (g: Convolution) =>
  planOf(g, {
    adjoint: false,
    input: g.input,
    output: g.output,
    dataStep: g.dilation,
    tapStep: [1, 1],
    at: (side, i, tap) => i * g.stride[side] - g.padding[side] + tap * g.dilation[side],
  })

/** Its adjoint in x: of the taps, one in every so many reaches a place. */
export const depthwiseAdjoint = (g: Convolution) => {
  const common = sides(side => greatestCommonDivisor(g.stride[side], g.dilation[side]))
  return planOf(g, {
    adjoint: true,
    input: g.output,
    output: g.input,
    dataStep: sides(side => -g.dilation[side] / common[side]),
    tapStep: sides(side => g.stride[side] / common[side]),
    at: (side, i, tap) => (i + g.padding[side] - tap * g.dilation[side]) / g.stride[side],
  })
}

interface Reading {
  readonly adjoint: boolean
  /** Of what the taps read, and of what is summed. */
  readonly input: readonly [number, number]
  readonly output: readonly [number, number]
  /** From one tap of a place to the next: in what they read, and among all taps. */
  readonly dataStep: readonly [number, number]
  readonly tapStep: readonly [number, number]
  /** Where the tap of place i reads along a side: nothing, unless that is a whole number within the input. */
  at(side: Side, i: number, tap: number): number
}

function planOf(g: Convolution, { adjoint, input, output, dataStep, tapStep, at }: Reading) {
  const { inChannels: channels, groups, kernel } = g
  const group = channels / groups
  const pixel = channels * 4
  const [line, tap] = [input[1] * pixel, group * pixel]
  const tables = sides(side =>
    windowsOf(output[side], kernel[side], input[side], (i, t) => at(side, i, t), {
      data: side === 0 ? line : pixel,
      weight: side === 0 ? kernel[1] * tap : tap,
    }),
  )
  return {
    units: g.batch * output[0],
    work: g.batch * sizeOf(output) * sizeOf(kernel) * tap * TAP_WORK,
    channels,
    group,
    taps: sizeOf(kernel),
    adjoint,
    tables: Int32Array.from(tables.flat()) as Int32Array,
    rowBytes: tables[0].length * 4,
    block: blockOf('depthwise', {
      image: input[0] * line,
      channels,
      group,
      rowCount: output[0],
      columnCount: output[1],
      down: dataStep[0] * line,
      across: dataStep[1] * pixel,
      weightDown: tapStep[0] * kernel[1] * tap,
      weightAcross: tapStep[1] * tap,
    }),
  }
}

/** Runs a plan on arrays at these addresses. */
export function depthwise(
  { memory, threads }: Context,
  plan: DepthwisePlan,
  x: number,
  w: number,
  z: number,
  { bias, slopes = 0 }: Epilogue = {},
): void {
  const { channels, group, taps, tables, rowBytes } = plan
  const turned = plan.adjoint && group > 1
  const weightBytes = turned ? taps * group * channels * 4 : 0
  // Vectors are read whole.
  const zeroBytes = channels * 4 + 64
  memory.temporary(weightBytes + zeroBytes + tables.byteLength, weights => {
    const zeros = weights + weightBytes
    const rows = zeros + zeroBytes
    if (turned) turn(memory.floats, plan, w / 4, weights / 4)
    memory.floats.fill(0, zeros / 4, rows / 4)
    memory.ints.set(tables, rows / 4)
    const fields = {
      x,
      w: turned ? weights : w,
      bias: bias ?? zeros,
      slopes,
      z,
      rows,
      columns: rows + rowBytes,
    }
    threads.runWithBlock('depthwise', plan.units, plan.work, plan.block, fields)
  })
}

/** Weights [taps,group,C] with the matrix of each group transposed. */
function turn(
  floats: Float32Array,
  { taps, group, channels }: DepthwisePlan,
  from: number,
  to: number,
): void {
  for (let tap = 0; tap < taps * group * channels; tap += group * channels) {
    for (let k = 0; k < group; k++) {
      for (let c = 0; c < channels; c++) {
        const own = c % group
        floats[to + tap + k * channels + c] = floats[from + tap + own * channels + c - own + k]
      }
    }
  }
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b)
