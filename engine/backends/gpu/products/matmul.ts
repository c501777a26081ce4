import { sizeOf } from '../../../shape.ts'
import type { Backend } from '../../backend.ts'
import type { Context } from '../context.ts'
import { plainProduct } from './plainProduct.ts'
import { productOf } from './product.ts'
import { tiledProduct } from './tiledProduct.ts'

export const matmul = (context: Context): Pick<Backend, 'matmul'> => {
  const { tile } = context.device.traits
  const multiply = tile === undefined ? plainProduct(context) : tiledProduct(context, tile)
  return {
    matmul(a, b, transposeA, transposeB, shape) {
      const product = productOf(a, b, transposeA, transposeB, shape)
      const nothing = product.k === 0 || sizeOf(shape) === 0
      const buffer = nothing ? context.zeros(sizeOf(shape)) : multiply(product)
      return { shape, dtype: a.dtype, buffer }
    },
  }
}
