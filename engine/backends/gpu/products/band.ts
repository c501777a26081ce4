import type { Cell } from '../cell.ts'
import type { Core } from '../core.ts'
import { DIV, type Program } from '../program.ts'
import type { Axis } from './axis.ts'
import { foursOf } from './pack.ts'

/** Images x[batch, height, width, groups * channels], and what is added around them along each axis. */
export interface Band {
  readonly axes: readonly [Pick<Axis, 'before' | 'length'>, Pick<Axis, 'before' | 'length'>]
  readonly batch: number
  readonly size: readonly [number, number]
  readonly groups: number
  readonly channels: number
}

const BAND: Program = {
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

/** The copy [N,rows,columns,groups,fours of channels]: padded, so that a tap is an offset. */
export function padded(
  core: Core,
  x: Cell,
  { axes: [rows, cols], batch, size, groups, channels }: Band,
): Cell {
  const c4 = foursOf(channels)
  return core.device.runFours(BAND, batch * rows.length * cols.length * groups * c4, [
    ...[x, ...size, groups, channels, c4, rows.before, cols.before, rows.length, cols.length],
  ])[0]
}
