import { tensor } from '../../engine/index.ts'
import { saveCheckpoint } from '../../models/index.ts'

/** A checkpoint with a tensor of each dtype, and values. */
export const small = (): Uint8Array =>
  saveCheckpoint({
    tensors: {
      a: tensor([1, 2]),
      b: tensor([[3]], { dtype: 'float64' }),
      c: tensor([4], { dtype: 'int32' }),
    },
    values: { step: 3, rng: [1, -2, 3, 4] },
  })
