import { dtype as dtypeCheck } from '../attrs.ts'
import type { DType } from '../backends/backend.ts'
import { anyDType } from '../domain.ts'
import { checkDType } from '../dtype.ts'
import { apply, defineOp } from '../op.ts'
import { noGrad } from '../recording.ts'
import { checkTensor, describe, type Tensor } from '../tensor.ts'

/**
 * z = x in another dtype, on x's backend; the gradient is the cotangent in x's. int32 drops the fraction and has no
 * gradient. Throws on what int32 does not hold: where the device answers later, when the result is read.  x[...] -> [...]
 */
export function astype(x: Tensor, dtype: DType): Tensor {
  checkTensor('astype', 'x', x)
  checkDType('astype', dtype)
  const { backend } = x
  if (!backend.dtypes.includes(dtype)) {
    throw new Error(
      `astype: backend ${backend.name} holds ${backend.dtypes.join(', ')}, got ${dtype} for ${describe(x)}`,
    )
  }
  const cast = (): Tensor => apply(astypeOp, { x }, { dtype })
  return dtype === 'int32' ? noGrad(cast) : cast()
}
export const astypeOp = defineOp<'x', { dtype: DType }>({
  name: 'astype',
  signature: 'x[...] -> [...]',
  equation: 'x in another dtype',
  domain: { x: anyDType },
  attrs: { dtype: dtypeCheck },
  examples: [{ inputs: { x: [1.5, -2.5] }, attrs: { dtype: 'float32' }, z: [1.5, -2.5] }],
  sample: rng => ({ shapes: { x: [rng.integer(1, 4), rng.integer(1, 4)] }, attrs: { dtype: 'float64' } }),
  forward: (k, { x }, { dtype }) => (x.dtype === dtype ? x : k.cast(x, dtype)),
  reads: { x: [] },
  vjp: { x: ({ dz, inputs: { x } }) => astype(dz, x.dtype) },
})
