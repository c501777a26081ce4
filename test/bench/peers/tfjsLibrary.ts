import * as tf from '@tensorflow/tfjs-core'
import type { Attrs, Library } from '../harness/library.ts'

export type T = tf.Tensor

const axisOf = ({ axis }: Attrs): number => axis as number
const kernel = (name: string, inputs: Record<string, T>, attrs: object): T =>
  tf.engine().runKernel(name, inputs as never, attrs as never) as T

/** The gradients' kernels have no public function: `tf.grad` runs them, but the forward pass with them. */
const convolution = ({ stride, padding }: Attrs) => ({
  strides: [stride as number, stride as number],
  pad: padding as number,
  dataFormat: 'NHWC',
  dimRoundingMode: 'floor',
  dilations: [1, 1],
})

/** On `wasm` and `cpu` kernels are synchronous: a result is there when the function returns. */
export const library: Library<T> = {
  upload: (values, { shape }) =>
    tf.tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32'),
  read: z => z.dataSync() as Float32Array,
  free: x => x.dispose(),
  ops: {
    matmul: ([a, b], { transposeA, transposeB }) =>
      tf.matMul(a, b, transposeA as boolean, transposeB as boolean),
    conv2d: ([x, w], { stride, padding }) =>
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride as number, padding as number),
    conv2dInputGrad: ([dy, filter], attrs) =>
      kernel('Conv2DBackpropInput', { dy, filter }, { ...convolution(attrs), inputShape: attrs.xShape }),
    conv2dWeightGrad: ([x, dy], attrs) =>
      kernel('Conv2DBackpropFilter', { x, dy }, { ...convolution(attrs), filterShape: attrs.wShape }),
    add: ([x, y]) => tf.add(x, y),
    mul: ([x, y]) => tf.mul(x, y),
    relu: ([x]) => tf.relu(x),
    exp: ([x]) => tf.exp(x),
    log: ([x]) => tf.log(x),
    tanh: ([x]) => tf.tanh(x),
    sigmoid: ([x]) => tf.sigmoid(x),
    sumAll: ([x]) => tf.sum(x),
    sum: ([x], attrs) => tf.sum(x, axisOf(attrs)),
    max: ([x], attrs) => tf.max(x, axisOf(attrs)),
    logSumExp: ([x], attrs) => tf.logSumExp(x, axisOf(attrs)),
    softmax: ([x]) => tf.softmax(x),
    maxPool2d: ([x]) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'),
    maxPool2dGrad: ([dy, input]) => {
      const output = tf.maxPool(input as tf.Tensor4D, 2, 2, 'valid')
      const dx = kernel('MaxPoolGrad', { dy, input, output }, { filterSize: 2, strides: 2, pad: 'valid' })
      output.dispose()
      return dx
    },
    permute: ([x], { axes }) => tf.transpose(x, axes as number[]),
    gather: ([x, index]) => tf.gather(x, index as tf.Tensor1D),
  },
}
