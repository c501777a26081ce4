import type { Cell } from '../cell.ts'
import type { Core } from '../core.ts'
import type { Tile } from '../drivers/driver.ts'
import { DIV, type Program } from '../program.ts'
import { type Axis, FIRST_TAP } from './axis.ts'
import { foursOf } from './pack.ts'

export interface Weights {
  readonly w: Cell
  readonly axes: readonly [Axis, Axis]
  readonly groups: number
  /** What is summed over, and the columns of a group; and how far apart they lie in w, as do taps and groups. */
  readonly channels: number
  readonly columns: number
  readonly channelStep: number
  readonly columnStep: number
  readonly tapStep: number
  readonly groupStep: number
}

const PARAMETERS =
  'n4, c16, groups, taps0, taps1, phases1, kernel0, kernel1, phases0, every0, every1, padding0, padding1, dilation0, dilation1, channels, columns, channelStep, columnStep, tapStep, groupStep'

/** Where the weight of tap (a, b) of a phase, channel c and column j of group g lies, and how many columns there are. */
const PLACE = `const phase0 = div(phase, phases1);
    const first0 = firstTap(phase0, padding0, dilation0, phases0);
    const first1 = firstTap(phase - phase0 * phases1, padding1, dilation1, phases1);
    const tap0 = first0 + a * every0;
    const tap1 = first1 + b * every1;
    const on = first0 >= 0 && first1 >= 0 && tap0 < kernel0 && tap1 < kernel1 && c < channels ? columns : 0;
    const p = (tap0 * kernel1 + tap1) * tapStep + g * groupStep + c * channelStep + j * columnStep;`

const FOURS: Program = {
  source: `function (w, ${PARAMETERS}) {
    // z[phase, g, a, b, c, j, 0..3] = w[tap (a, b) of the phase, channel c, column 4 j + 0..3 of group g], 0 beyond
    const t = div(this.thread.x, n4);
    const j = (this.thread.x - t * n4) * 4;
    const u = div(t, c16);
    const c = t - u * c16;
    const v = div(u, taps1);
    const b = u - v * taps1;
    const r = div(v, taps0);
    const a = v - r * taps0;
    const phase = div(r, groups);
    const g = r - phase * groups;
    ${PLACE}
    let z0 = 0; let z1 = 0; let z2 = 0; let z3 = 0;
    if (j < on) { z0 = w[p]; }
    if (j + 1 < on) { z1 = w[p + columnStep]; }
    if (j + 2 < on) { z2 = w[p + 2 * columnStep]; }
    if (j + 3 < on) { z3 = w[p + 3 * columnStep]; }
    return [z0, z1, z2, z3];
  }`,
  functions: [DIV, FIRST_TAP],
}

const panels = ({ columns }: Tile): Program => ({
  source: `function (w, ${PARAMETERS}) {
    // z[phase, g, i, a, b, c, l] = w[tap (a, b) of the phase, channel c, column ${columns} i + l of group g], 0 beyond
    const s = div(this.thread.x, ${columns});
    const t = div(s, c16);
    const c = s - t * c16;
    const u = div(t, taps1);
    const b = t - u * taps1;
    const v = div(u, taps0);
    const a = u - v * taps0;
    const r = div(v, n4);
    const j = (v - r * n4) * ${columns} + this.thread.x - s * ${columns};
    const phase = div(r, groups);
    const g = r - phase * groups;
    ${PLACE}
    return j < on ? w[p] : 0;
  }`,
  functions: [DIV, FIRST_TAP],
})

/** Packs the weights as `correlation` reads them. */
export function weightPacking(core: Core, tile: Tile): (weights: Weights) => Cell {
  const panel = panels(tile)
  return ({ w, axes: [rows, cols], ...s }) => {
    const [n4, c16] = [Math.ceil(s.columns / tile.columns), foursOf(s.channels) * 4]
    const threads = rows.phases * cols.phases * s.groups * rows.taps * cols.taps * c16 * n4
    const args = [
      ...[w, n4, c16, s.groups, rows.taps, cols.taps, cols.phases, rows.kernel, cols.kernel, rows.phases],
      ...[rows.every, cols.every, rows.padding, cols.padding, rows.dilation, cols.dilation],
      ...[s.channels, s.columns, s.channelStep, s.columnStep, s.tapStep, s.groupStep],
    ]
    return tile.loads === 'fours'
      ? core.device.runFours(FOURS, threads, args)[0]
      : core.device.run(panel, threads * tile.columns, args)
  }
}
