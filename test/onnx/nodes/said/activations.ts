import {
  add,
  argmax,
  celu,
  elu,
  greater,
  hardsigmoid,
  hardswish,
  identity,
  leakyRelu,
  less,
  logSoftmax,
  mul,
  oneHot,
  onesLike,
  permute,
  prelu,
  relu,
  selu,
  sigmoid,
  softmax,
  softplus,
  softsign,
  sub,
  tanh,
  thresholdedRelu,
  where,
} from '../../../../engine/index.ts'
import { number, type Said } from '../node.ts'
import { cannot } from '../unsaid.ts'
import { movedLast } from './layout.ts'

export const ACTIVATIONS: Readonly<Record<string, Said>> = {
  Celu: ([x], node) => celu(x, { alpha: node.float('alpha', 1) }),
  Dropout: ([x, ratio, training], node) => {
    const drops =
      training !== undefined && number(training) !== 0 && (ratio === undefined || number(ratio) > 0)
    if (drops) cannot('random numbers of their own')
    return node.outputs.length > 1 ? [identity(x), onesLike(x)] : identity(x)
  },
  Elu: ([x], node) => elu(x, { alpha: node.float('alpha', 1) }),
  HardSigmoid: ([x], node) =>
    hardsigmoid(x, { alpha: node.float('alpha', 0.2), beta: node.float('beta', 0.5) }),
  HardSwish: ([x]) => hardswish(x),
  Hardmax: ([x], node) => {
    const axis = node.int('axis', -1)
    const hot = oneHot(argmax(x, axis), x.shape.at(axis) as number, x.dtype)
    return permute(hot, movedLast(x.rank, axis).back)
  },
  LeakyRelu: ([x], node) => leakyRelu(x, node.float('alpha', 0.01)),
  LogSoftmax: ([x], node) => logSoftmax(x, node.int('axis', -1)),
  PRelu: ([x, slope]) => prelu(x, slope),
  Relu: ([x]) => relu(x),
  Selu: ([x], node) =>
    node.has('alpha') ? mul(elu(x, { alpha: node.float('alpha') }), node.float('gamma')) : selu(x),
  Shrink: ([x], node) => {
    const [lambd, bias] = [node.float('lambd', 0.5), node.float('bias')]
    return where(less(x, -lambd), add(x, bias), where(greater(x, lambd), sub(x, bias), 0))
  },
  Sigmoid: ([x]) => sigmoid(x),
  Softmax: ([x], node) => softmax(x, node.int('axis', -1)),
  Softplus: ([x]) => softplus(x),
  Softsign: ([x]) => softsign(x),
  Tanh: ([x]) => tanh(x),
  ThresholdedRelu: ([x], node) => thresholdedRelu(x, node.float('alpha', 1)),
}
