import type { Backend } from '../backend.ts'
import { elementwise } from './elementwise.ts'
import { movement } from './movement.ts'
import { pooling } from './pooling.ts'
import { products } from './products.ts'
import { reduction } from './reduce.ts'
import { allocate, valuesOf } from './storage.ts'

/**
 * Plain loops over typed arrays, sums in float64: the definition of right that other backends are held to, and
 * what finite differences run on.
 */
export const reference: Backend = {
  name: 'reference',
  dtypes: ['float32', 'float64', 'int32'],
  synchronous: true,

  upload(values, shape, dtype) {
    const { values: copy, array } = allocate(shape, dtype)
    copy.set(values)
    return array
  },
  read: async x => valuesOf(x).slice(),
  readSync: x => valuesOf(x).slice(),
  valuesInPlace: valuesOf,
  free() {
    // The garbage collector takes the array.
  },

  ...elementwise,
  ...reduction,
  ...movement,
  ...pooling,
  ...products,
}
