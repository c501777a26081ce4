import type { Backend, DType, TypedArray } from '../backend.ts'
import type { Cell } from './cell.ts'
import { type Core, cellOf } from './core.ts'
import { FILL, MOST, type Program } from './program.ts'

type Kernels = Pick<Backend, 'upload' | 'read' | 'readSync' | 'free' | 'leaveToCollector' | 'cast' | 'fill'>

/** int32 is stored as float32, exact for integers up to 2^24. */
export function storage(core: Core): Kernels {
  const { device } = core
  const asStored = (values: Float32Array, dtype: DType): TypedArray =>
    dtype === 'int32' ? new Int32Array(values) : values

  return {
    upload(values, shape, dtype) {
      return core.array(device.upload(values, dtype === 'int32' ? integers(values) : undefined), shape, dtype)
    },
    read: async x => asStored(await device.read(cellOf(x)), x.dtype),
    readSync: x => asStored(device.readSync(cellOf(x)), x.dtype),
    free: buffer => device.free(buffer as Cell),
    leaveToCollector: buffer => device.leaveToCollector(buffer as Cell),
    cast(x, dtype) {
      const cell = cellOf(x)
      if (dtype !== 'int32') return core.run(COPY, x.shape, dtype, [cell], cell.range)
      const held = cell.length === 0 ? cell : device.tested(cell, values => integers(values))
      return core.run(TRUNCATE, x.shape, dtype, [held])
    },
    fill(value, shape, dtype) {
      const range = dtype === 'int32' ? integers([value]) : undefined
      return core.run(FILL, shape, dtype, [value], range)
    },
  }
}

const COPY: Program = {
  source: `function (x) {
    // z[i] = x[i]
    return x[this.thread.x];
  }`,
}

const TRUNCATE: Program = {
  source: `function (x) {
    // z[i] = x[i] without its fraction
    const a = x[this.thread.x];
    return a < 0 ? Math.ceil(a) : Math.floor(a);
  }`,
}

/** The least and the largest of `values`. Throws when float32 does not hold them. */
function integers(values: ArrayLike<number>): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity]
  for (let i = 0; i < values.length; i++) {
    if (!(Math.abs(values[i]) <= MOST)) {
      throw new Error(`gpu: int32 from ${-MOST} to ${MOST} expected, got ${values[i]}`)
    }
    low = Math.min(low, values[i])
    high = Math.max(high, values[i])
  }
  return [low, high]
}
