import type { Backend, DType, TypedArray } from '../backend.ts'
import type { GpuBuffer } from './buffer.ts'
import { bufferOf, type Context } from './context.ts'
import { COPY, FILL, MAX_ELEMENTS, type Program } from './program.ts'

/** int32 is stored as float32, exact for integers up to 2^24. */
export function storage(
  context: Context,
): Pick<Backend, 'upload' | 'read' | 'readSync' | 'free' | 'leaveToCollector' | 'cast' | 'fill'> {
  const { device } = context
  const asStored = (values: Float32Array, dtype: DType): TypedArray =>
    dtype === 'int32' ? new Int32Array(values) : values

  return {
    upload(values, shape, dtype) {
      const range = dtype === 'int32' ? integers(values) : undefined
      return { shape, dtype, buffer: device.upload(values, range) }
    },
    read: async x => asStored(await device.read(bufferOf(x)), x.dtype),
    readSync: x => asStored(device.readSync(bufferOf(x)), x.dtype),
    free: buffer => device.free(buffer as GpuBuffer),
    leaveToCollector: buffer => device.leaveToCollector(buffer as GpuBuffer),
    cast(x, dtype) {
      const buffer = bufferOf(x)
      if (dtype !== 'int32') return context.run(COPY, x.shape, dtype, [buffer], buffer.range)
      const held = buffer.length === 0 ? buffer : device.tested(buffer, values => integers(values))
      return context.run(TRUNCATE, x.shape, dtype, [held])
    },
    fill(value, shape, dtype) {
      const range = dtype === 'int32' ? integers([value]) : undefined
      return context.run(FILL, shape, dtype, [value], range)
    },
  }
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
    if (!(Math.abs(values[i]) <= MAX_ELEMENTS)) {
      throw new Error(`gpu: int32 from ${-MAX_ELEMENTS} to ${MAX_ELEMENTS} expected, got ${values[i]}`)
    }
    low = Math.min(low, values[i])
    high = Math.max(high, values[i])
  }
  return [low, high]
}
