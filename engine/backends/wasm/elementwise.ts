import { toInt32 } from '../../dtype.ts'
import { sizeOf } from '../../shape.ts'
import type { Backend, Unary } from '../backend.ts'
import type { Context } from './context.ts'

/** What an element costs, in floating-point operations: bringing it and its result to and from memory, mostly. */
const WORK = 10
const CHEAP: readonly Unary[] = ['neg', 'abs', 'sign', 'relu', 'sqrt', 'rsqrt']
const FUNCTION = 50

/** A number's bits in float32. */
const float = new Float32Array(1)
const bitsOfFloat = new Int32Array(float.buffer)

const vectors = (size: number): number => Math.ceil(size / 4)

export const elementwise = ({ memory, storage, threads }: Context) =>
  ({
    // By the host, whose conversions are as fast: this is no kernel of a training step.
    cast(x, dtype) {
      const { array, at } = storage.allocate(x.shape, dtype)
      const [from, n] = [storage.at(x) / 4, sizeOf(x.shape)]
      const { floats, ints } = memory
      if (dtype !== 'int32') for (let i = 0; i < n; i++) floats[at / 4 + i] = ints[from + i]
      else for (let i = 0; i < n; i++) ints[at / 4 + i] = toInt32('astype', floats[from + i])
      return array
    },

    fill(value, shape, dtype) {
      const { array, at } = storage.allocate(shape, dtype)
      const size = sizeOf(shape)
      float[0] = value
      const bits = dtype === 'int32' ? value : bitsOfFloat[0]
      threads.run('fill', vectors(size), size * WORK, bits, at)
      return array
    },

    unary(f, x) {
      const { array, at } = storage.allocate(x.shape, x.dtype)
      const size = sizeOf(x.shape)
      threads.run(f, vectors(size), size * (CHEAP.includes(f) ? WORK : FUNCTION), storage.at(x), at)
      return array
    },
  }) satisfies Partial<Backend>
