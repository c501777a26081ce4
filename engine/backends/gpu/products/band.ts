import type { Cell } from '../cell.ts'
import type { Core } from '../core.ts'
import { DIV, type Program } from '../program.ts'

/** Sizes of an image batch x[N,H,W,groups * channels], and what it is copied to. */
export interface Band {
  readonly batch: number
  readonly height: number
  readonly width: number
  readonly groups: number
  /** Of a group. */
  readonly channels: number
  /** Zeros before the first row and column, and the rows and columns of the copy. */
  readonly top: number
  readonly left: number
  readonly rows: number
  readonly columns: number
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
export function padded(core: Core, x: Cell, b: Band): Cell {
  const c4 = Math.ceil(b.channels / 4)
  return core.device.runFours(BAND, b.batch * b.rows * b.columns * b.groups * c4, [
    x,
    ...[b.height, b.width, b.groups, b.channels, c4, b.top, b.left, b.rows, b.columns],
  ])[0]
}
