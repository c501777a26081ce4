import type { Shape } from '../../shape.ts'
import type { Convolution } from '../backend.ts'
import type { Context } from './context.ts'
import { blockOf } from './threads.ts'
import { bandRowsOf, copyOf, offsetIn, type Tap } from './window.ts'

/** Columns of a panel of weights. */
const WIDTH = 16
/** The most k's of a run: the kernel sums that many before it stores. */
const TERMS = 384
/** Bytes of input that a band copies: what a core's second cache holds beside the weights. */
const COPY = 2 ** 17

/** What becomes of the sums before they are stored: addresses. */
export interface Epilogue {
  /** A number for each channel of the output, added to it. */
  readonly bias?: number
  /** Those of the channels of the output where it is below 0, or `RELU`. */
  readonly slopes?: number
}

/** max(z, 0), in place of the address of slopes. */
export const RELU = 1

/** What is summed at every stride-th place of the output: its taps, its size, and where it starts, in bytes. */
interface Phase {
  readonly taps: readonly Tap[]
  readonly rows: number
  readonly columns: number
  readonly z: number
}

interface Correlation {
  /** Of the output. */
  readonly shape: Shape
  /** Of the input. */
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly step: readonly [number, number]
  readonly phases: readonly Phase[]
  /** The matrix [groupIn,groupOut] of a tap and group, in bytes. */
  readonly weights: { tap: number; group: number; row: number; column: number }
  readonly groupIn: number
  readonly groupOut: number
  readonly zImage: number
  readonly zRow: number
  readonly zColumn: number
}

/** What the geometry alone tells; all that the arrays add is where they lie. */
export type Plan = ReturnType<typeof planOf>

export function planOf({ batch, groups }: Convolution, c: Correlation) {
  const { groupIn, groupOut, shape, weights } = c
  const phases = c.phases.filter(phase => phase.rows > 0 && phase.columns > 0)
  const pixel = c.channels * 4
  // Where no tap reaches, the sum is 0; it still wants a copy to read nothing from.
  const taps = [...phases.flatMap(phase => phase.taps), { row: 0, column: 0, index: 0 }]
  const [rows, columns] = [Math.max(...phases.map(p => p.rows)), Math.max(...phases.map(p => p.columns))]
  const bandRows = bandRowsOf({ ...c, taps, rows, columns }, COPY / pixel)
  const bands = Math.ceil(rows / bandRows)
  const copied = copyOf({ ...c, taps, columns }, bandRows)
  const runs = phases.map(phase =>
    runsOf(
      phase.taps.map(tap => offsetIn(copied, tap, pixel)),
      groupIn,
    ),
  )
  const groupPanels = Math.ceil(groupOut / WIDTH)
  let [panel, run] = [0, phases.length * 28]
  const table: number[] = []
  const matrices: [number, number, number][] = []
  phases.forEach((phase, i) => {
    const pitch = phase.taps.length * groupIn * 64
    table.push(phase.rows, phase.columns, phase.z, run, runs[i].length / 2, panel, pitch)
    matrices.push(...matricesOf(c, phase.taps, groups, panel, pitch))
    run += runs[i].length * 4
    panel += groups * groupPanels * pitch
  })
  const products = phases.reduce((sum, p) => sum + p.taps.length * p.rows * p.columns, 0)
  return {
    shape,
    weights,
    groups,
    groupIn,
    groupOut,
    groupPanels,
    units: batch * bands,
    work: 2 * batch * products * groupIn * groupOut * groups,
    scratch: copied.rows * copied.columns * pixel + 128,
    /** Phases and runs, as the kernel wants them. */
    table: Int32Array.from([...table, ...runs.flat()]) as Int32Array,
    /** Of each matrix of weights: where it starts, where its panels go, and how far they lie apart. */
    matrices,
    panelBytes: panel,
    block: blockOf('correlate', {
      height: c.height,
      width: c.width,
      pixel,
      bands,
      bandRows,
      top: copied.top,
      left: copied.left,
      copyRows: copied.rows,
      copyColumns: copied.columns,
      stepRow: c.step[0],
      stepColumn: c.step[1],
      phaseCount: phases.length,
      groups,
      groupIn,
      groupOut,
      zImage: c.zImage,
      zRow: c.zRow,
      zColumn: c.zColumn,
    }),
  }
}

/** The weights of a phase in panels: for each group and 16 of its columns, those of the taps one after another. */
const matricesOf = (
  { weights, groupIn, groupOut }: Correlation,
  taps: readonly Tap[],
  groups: number,
  at: number,
  pitch: number,
): [number, number, number][] =>
  Array.from({ length: groups }, (_, g) =>
    taps.map(({ index }, t): [number, number, number] => [
      index * weights.tap + g * weights.group,
      at + g * Math.ceil(groupOut / WIDTH) * pitch + t * groupIn * 64,
      pitch,
    ]),
  ).flat()

/** Runs a plan on arrays at these addresses. */
export function correlate(
  context: Context,
  plan: Plan,
  x: number,
  w: number,
  z: number,
  { bias, slopes }: Epilogue = {},
): void {
  const { groups, groupIn, groupOut, groupPanels, panelBytes, table } = plan
  const { memory, threads } = context
  const { packPanels } = threads.kernels
  const biasPanels = bias === undefined ? 1 : groups * groupPanels
  memory.temporary(panelBytes + biasPanels * 64 + table.byteLength, panels => {
    const biasAt = panels + panelBytes
    const phases = biasAt + biasPanels * 64
    for (const [from, to, pitch] of plan.matrices) {
      const { row, column } = plan.weights
      packPanels(0, groupPanels, w + from, groupIn, groupOut, row, column, panels + to, pitch)
    }
    packBias(context, plan, bias, biasAt)
    memory.ints.set(table, phases / 4)
    const fields = {
      x,
      phases,
      panels,
      bias: biasAt,
      biasPitch: bias === undefined ? 0 : 64,
      slopes: slopes ?? 0,
      z,
    }
    threads.runWithBlock('correlate', plan.units, plan.work, plan.block, fields, plan.scratch)
  })
}

/** The bias in panels as the weights are, or one panel of zeros. */
function packBias(
  context: Context,
  { groupOut, groupPanels, groups }: Plan,
  bias: number | undefined,
  to: number,
): void {
  if (bias === undefined) context.memory.floats.fill(0, to / 4, to / 4 + WIDTH)
  else {
    for (let g = 0; g < groups; g++) {
      const [from, panels] = [bias + g * groupOut * 4, to + g * groupPanels * 64]
      context.threads.kernels.packPanels(0, groupPanels, from, 1, groupOut, 0, 4, panels, 64)
    }
  }
}

/** Offset and length of each run of neighbours, of at most `TERMS`: taps of `n` channels that lie side by side are one. */
function runsOf(offsets: readonly number[], n: number): number[] {
  const runs: number[] = []
  for (const offset of offsets) {
    for (let k = 0; k < n; k += TERMS) {
      const [at, more] = [offset + k * 4, Math.min(TERMS, n - k)]
      const [start, length] = runs.slice(-2)
      if (runs.length > 0 && start + length * 4 === at && length + more <= TERMS)
        runs[runs.length - 1] += more
      else runs.push(at, more)
    }
  }
  return runs
}
