import type { GpuBuffer } from '../buffer.ts'
import type { Context } from '../context.ts'
import type { Program } from '../program.ts'
import { sumParts } from './tile.ts'

const PARTS: Program = {
  source: `function (y, size, parts) {
    // z[i] = sum over parts of y[part, i]
    ${sumParts('const z = y[part * size + this.thread.x];')}
    return sum;
  }`,
}

/** The sum over parts of y[parts, ..], in place of y. */
export function addParts(context: Context, y: GpuBuffer, parts: number): GpuBuffer {
  if (parts === 1) return y
  const size = y.length / parts
  return context.using([y], () => context.device.run(PARTS, size, [y, size, parts]))
}
