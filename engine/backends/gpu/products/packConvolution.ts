import type { GpuBuffer } from '../buffer.ts'
import type { Context } from '../context.ts'
import type { Tile } from '../drivers/driver.ts'
import type { Program } from '../program.ts'
import { DIV } from '../snippets.ts'
import { type Axes, type Axis, axisNames, axisNumbers, FIRST_TAP } from './axis.ts'
import { foursOf } from './pack.ts'

export type PaddedAxis = Pick<Axis, 'before' | 'length'>

/** Images x[batch, height, width, groups * channels], and what is added around them along each axis. */
export interface PaddedImages {
  readonly axes: readonly [PaddedAxis, PaddedAxis]
  readonly batch: number
  readonly size: readonly [number, number]
  readonly groups: number
  readonly channels: number
}

const PADDED: Program = {
  source: `function (x, height, width, groups, channels, c4, top, left, rows, columns) {
    // z[n, h, w, g, c, 0..3] = x[n, h - top, w - left, g, 4 c + 0..3], 0 off the image and beyond the group's channels
    const t = div(this.thread.x, c4);
    const c = (this.thread.x - t * c4) * 4;
    const u = div(t, groups);
    const g = t - u * groups;
    const v = div(u, columns);
    const w = u - v * columns - left;
    const n = div(v, rows);
    const h = v - n * rows - top;
    const p = ((n * height + h) * width + w) * groups * channels + g * channels + c;
    const on = h >= 0 && h < height && w >= 0 && w < width ? channels : 0;
    let z0 = 0; let z1 = 0; let z2 = 0; let z3 = 0;
    if (c < on) { z0 = x[p]; }
    if (c + 1 < on) { z1 = x[p + 1]; }
    if (c + 2 < on) { z2 = x[p + 2]; }
    if (c + 3 < on) { z3 = x[p + 3]; }
    return [z0, z1, z2, z3];
  }`,
  functions: [DIV],
}

/** The copy [N,rows,columns,groups,fours of channels]: padded, so that a tap is an offset. In flat memory x where it lies so. */
export function padded(
  context: Context,
  tile: Tile,
  x: GpuBuffer,
  { axes, batch, size, groups, channels }: PaddedImages,
): GpuBuffer {
  const [rows, cols] = axes
  const as = (axis: PaddedAxis, i: number): boolean => axis.before === 0 && axis.length === size[i]
  if (tile.memory === 'flat' && channels % 4 === 0 && axes.every(as)) return x
  const c4 = foursOf(channels)
  const ends = [rows.before, cols.before, rows.length, cols.length]
  return context.device.runFours(PADDED, batch * rows.length * cols.length * groups * c4, [
    x,
    ...size,
    groups,
    channels,
    c4,
    ...ends,
  ])[0]
}

/** What a convolution, or its adjoint in x, is as a product. */
export interface Geometry extends PaddedImages {
  readonly axes: Axes
  /** What is summed over, and the columns of a group; and how far apart they lie in w, as do taps and groups. */
  readonly channels: number
  readonly columns: number
  readonly channelStep: number
  readonly columnStep: number
  readonly tapStep: number
  readonly groupStep: number
}

/** What the kernels are told of both axes. */
const TAPS = ['taps', 'phases', 'kernel', 'every', 'padding', 'dilation'] as const
const PARAMETERS = `n4, c16, groups, channels, columns, channelStep, columnStep, tapStep, groupStep, ${axisNames(TAPS)}`

/** Where the weight of tap (a, b) of a phase, channel c and column j of group g lies, and how many columns there are. */
const WEIGHT_AT = `const phase0 = div(phase, phases1);
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
    ${WEIGHT_AT}
    let z0 = 0; let z1 = 0; let z2 = 0; let z3 = 0;
    if (j < on) { z0 = w[p]; }
    if (j + 1 < on) { z1 = w[p + columnStep]; }
    if (j + 2 < on) { z2 = w[p + 2 * columnStep]; }
    if (j + 3 < on) { z3 = w[p + 3 * columnStep]; }
    return [z0, z1, z2, z3];
  }`,
  functions: [DIV, FIRST_TAP],
}

/** Packs the weights as `correlation` reads them; in flat memory they are so in a convolution whose channels are whole fours. */
export const weightPacking =
  (context: Context, tile: Tile) =>
  (w: GpuBuffer, geometry: Geometry): GpuBuffer => {
    const { axes, groups, channels, columns, channelStep, columnStep, tapStep, groupStep } = geometry
    const [rows, cols] = axes
    if (tile.memory === 'flat' && liesSo(geometry)) return w
    const [n4, c16] = [Math.ceil(columns / tile.columns), foursOf(channels) * 4]
    const threads = rows.phases * cols.phases * groups * rows.taps * cols.taps * c16 * n4
    const steps = [channelStep, columnStep, tapStep, groupStep]
    const args = [w, n4, c16, groups, channels, columns, ...steps, ...axisNumbers(axes, TAPS)]
    return context.device.runFours(FOURS, threads, args)[0]
  }

const liesSo = ({ axes, groups, channels, columns, channelStep, columnStep }: Geometry): boolean =>
  groups === 1 &&
  columnStep === 1 &&
  channelStep === columns &&
  channels % 4 === 0 &&
  columns % 4 === 0 &&
  axes.every(({ phases, taps, kernel }) => phases === 1 && taps === kernel)
