import type { Convolution } from '../backend.ts'
import type { Core } from './core.ts'
import { bandRowsOf, copyOf, offsetIn, type Tap } from './window.ts'

/** Columns of a panel of weights. */
const WIDTH = 16
/** The most k's of a run: the kernel sums that many before it stores. */
const TERMS = 384
/** Bytes of input that a band copies: what a core's second cache holds beside the weights. */
const COPY = 2 ** 17

/** What is summed at every stride-th place of the output: its taps, its size, and where it starts. */
interface Phase {
  readonly taps: readonly Tap[]
  readonly rows: number
  readonly columns: number
  readonly z: number
}

export interface Correlation {
  readonly x: number
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly step: readonly [number, number]
  readonly phases: readonly Phase[]
  /** The matrix [groupIn,groupOut] of a tap and group, in bytes. */
  readonly weights: { at: number; tap: number; group: number; row: number; column: number }
  readonly groupIn: number
  readonly groupOut: number
  /** Address of a number for each channel of the output, added to it. */
  readonly bias?: number
  readonly zImage: number
  readonly zRow: number
  readonly zColumn: number
}

export function correlate(core: Core, { batch, groups }: Convolution, c: Correlation): void {
  const phases = c.phases.filter(phase => phase.rows > 0 && phase.columns > 0)
  const pixel = c.channels * 4
  // Where no tap reaches, the sum is 0; it still wants a copy to read nothing from.
  const taps = [...phases.flatMap(phase => phase.taps), { row: 0, column: 0, index: 0 }]
  const [rows, columns] = [Math.max(...phases.map(p => p.rows)), Math.max(...phases.map(p => p.columns))]
  const bandRows = bandRowsOf({ ...c, taps, rows, columns }, COPY / pixel)
  const bands = Math.ceil(rows / bandRows)
  const copied = copyOf({ ...c, taps, columns }, bandRows)
  const { top, left, rows: copyRows, columns: copyColumns } = copied
  const runs = phases.map(phase =>
    runsOf(
      phase.taps.map(tap => offsetIn(copied, tap, pixel)),
      c.groupIn,
    ),
  )
  const groupPanels = Math.ceil(c.groupOut / WIDTH)
  const tapBytes = c.groupIn * 64
  const count = phases.reduce((n, phase) => n + phase.taps.length, 0)
  const biasPanels = c.bias === undefined ? 1 : groups * groupPanels
  const weightBytes = groups * groupPanels * count * tapBytes
  core.temporary(weightBytes + biasPanels * 64, panels =>
    core.temporary(runs.flat().length * 4 + phases.length * 28, table => {
      const bias = panels + weightBytes
      packBias(core, c, biasPanels / groups, groups, bias)
      let [at, run] = [panels, table + phases.length * 28]
      const plan = phases.flatMap((phase, i) => {
        const pitch = phase.taps.length * tapBytes
        const row = [phase.rows, phase.columns, phase.z, run, runs[i].length / 2, at, pitch]
        pack(core, c, phase.taps, groups, groupPanels, at)
        at += groups * groupPanels * pitch
        run += runs[i].length * 4
        return row
      })
      core.pool.ints.set([...plan, ...runs.flat()], table / 4)
      const work = phases.reduce((sum, p) => sum + p.taps.length * p.rows * p.columns, 0)
      core.threads.runWithScratch(
        ...(['correlate', batch * bands] as const),
        ...([
          2 * batch * work * c.groupIn * c.groupOut * groups,
          copyRows * copyColumns * pixel + 128,
        ] as const),
        ...([c.x, c.height, c.width, pixel, bands, bandRows, top, left, copyRows, copyColumns] as const),
        ...([...c.step, table, phases.length, groups, c.groupIn, c.groupOut] as const),
        ...([bias, c.bias === undefined ? 0 : 64, c.zImage, c.zRow, c.zColumn] as const),
      )
    }),
  )
}

/** The bias in panels as the weights are, or one panel of zeros. */
function packBias(
  core: Core,
  { bias, groupOut }: Correlation,
  groupPanels: number,
  groups: number,
  to: number,
): void {
  if (bias === undefined) core.pool.floats.fill(0, to / 4, to / 4 + WIDTH)
  else {
    for (let g = 0; g < groups; g++) {
      const [from, panels] = [bias + g * groupOut * 4, to + g * groupPanels * 64]
      core.threads.kernels.packPanels(0, groupPanels, from, 1, groupOut, 0, 4, panels, 64)
    }
  }
}

/** The weights of a phase, in panels: for each group and 16 of its columns, those of the taps one after another. */
function pack(
  core: Core,
  c: Correlation,
  taps: readonly Tap[],
  groups: number,
  groupPanels: number,
  to: number,
): void {
  const { at, tap, group, row, column } = c.weights
  const tapBytes = c.groupIn * 64
  const pitch = taps.length * tapBytes
  for (let g = 0; g < groups; g++) {
    taps.forEach(({ index }, t) => {
      const [from, panels] = [at + index * tap + g * group, to + g * groupPanels * pitch + t * tapBytes]
      core.threads.kernels.packPanels(0, groupPanels, from, c.groupIn, c.groupOut, row, column, panels, pitch)
    })
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
