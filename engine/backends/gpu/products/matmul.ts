import { sizeOf } from '../../../shape.ts'
import type { Backend } from '../../backend.ts'
import type { Core } from '../core.ts'
import { plainProduct } from './plainProduct.ts'
import { productOf } from './product.ts'
import { tiledProduct } from './tiledProduct.ts'

export const matmul = (core: Core): Pick<Backend, 'matmul'> => {
  const { tile } = core.device.traits
  const multiply = tile === undefined ? plainProduct(core) : tiledProduct(core, tile)
  return {
    matmul(a, b, transposeA, transposeB, shape) {
      const product = productOf(a, b, transposeA, transposeB, shape)
      const nothing = product.k === 0 || sizeOf(shape) === 0
      return core.array(nothing ? core.zeros(sizeOf(shape)) : multiply(product), shape, a.dtype)
    },
  }
}
