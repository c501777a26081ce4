import { sizeOf } from '../../shape.ts'
import type { Convolution } from '../backend.ts'
import type { Context } from './context.ts'
import { TAP_WORK, windowsOf } from './narrowGroups.ts'
import { blockOf } from './threads.ts'

/** Slices of the sum over places, where there are as many rows: enough for the threads. */
const SLICES = 8

export type DepthwiseGradientPlan = ReturnType<typeof depthwiseGradientPlan>

/** What the geometry alone tells. */
export function depthwiseGradientPlan(g: Convolution) {
  const { batch, inChannels: channels, groups, kernel, stride, padding, dilation, input, output } = g
  const group = channels / groups
  const pixel = channels * 4
  const [line, tap] = [input[1] * pixel, group * pixel]
  const rows = windowsOf(
    output[0],
    kernel[0],
    input[0],
    (p, i) => p * stride[0] - padding[0] + i * dilation[0],
    { data: line, weight: kernel[1] * tap },
  )
  // Here a tap is the place, and its places are the taps.
  const reads = (j: number, q: number): number => q * stride[1] - padding[1] + j * dilation[1]
  const columns = windowsOf(kernel[1], output[1], input[1], reads, { data: pixel, weight: pixel })
  const sumBytes = kernel[0] * kernel[1] * tap
  const allRows = batch * output[0]
  // Each slice of the rows has a sum of its own, and the slices do not depend on the number of threads.
  const sliceRows = Math.ceil(allRows / SLICES)
  return {
    slices: Math.ceil(allRows / sliceRows),
    sumBytes,
    work: batch * sizeOf(output) * sumBytes * TAP_WORK,
    tables: Int32Array.from([...rows, ...columns]) as Int32Array,
    rowBytes: rows.length * 4,
    block: blockOf('depthwiseWeightGradient', {
      image: input[0] * line,
      dzRow: output[1] * pixel,
      allRows,
      sumBytes,
      sliceRows,
      channels,
      group,
      rowCount: output[0],
      columnCount: kernel[1],
      down: dilation[0] * line,
      step: stride[1] * pixel,
      weightDown: kernel[1] * tap,
      weightAcross: tap,
    }),
  }
}

/** Runs a plan on arrays at these addresses. */
export function depthwiseGradient(
  { memory, threads }: Context,
  plan: DepthwiseGradientPlan,
  x: number,
  dz: number,
  dw: number,
): void {
  const { slices, sumBytes, tables, rowBytes, block, work } = plan
  // Vectors are read whole.
  memory.temporary(slices * sumBytes + tables.byteLength + 64, sums => {
    const rows = sums + slices * sumBytes
    memory.ints.set(tables, rows / 4)
    const fields = { x, dz, sums, rows, columns: rows + rowBytes }
    threads.runWithBlock('depthwiseWeightGradient', slices, work, block, fields)
    threads.run('sumColumns', 1, slices * sumBytes, sums, rows, slices, dw, sumBytes / 4)
  })
}
