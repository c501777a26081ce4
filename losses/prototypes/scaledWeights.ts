import { keep, mul, ones, parameter, stopGradient, type Tensor } from '../../engine/index.ts'
import { bind } from '../../engine/shape.ts'
import { checkTensor } from '../../engine/tensor.ts'
import { checkLossName } from '../lossName.ts'
import { ofTensors, type Prototypes, UNMOVED } from './prototypes.ts'

/**
 * w_j = f_j W_j: f[C,1] is learned, from 1, and W[C,D], of a loss trained before, stays as it is: learnable weight
 * scaling (LWS), Kang 2020, arXiv:1910.09217, section 4. The paper trains f alone, the net too being fixed, on batches with every
 * class alike (`classAware`).
 *
 * A margin that leaves out ‖w_j‖ leaves out f_j with it. Throws unless W is a matrix of floats.
 */
export function scaledWeights(op: string, W: Tensor): Prototypes {
  checkLossName('scaledWeights', op)
  checkTensor(op, 'W', W)
  const [classes] = bind(op, 'W[C,D] -> [C,D]', { W: W.shape })
  const { dtype, backend } = W
  const f = parameter(ones([classes, 1], { dtype, backend }))
  const fixed = keep(stopGradient(W))
  const scaled = (): Tensor => mul(fixed, f)
  return {
    parameters: { f },
    get W() {
      return scaled()
    },
    forBatch: () => ({ W: scaled() }),
    ...UNMOVED,
    ...ofTensors(op, { f, W: fixed }),
  }
}
