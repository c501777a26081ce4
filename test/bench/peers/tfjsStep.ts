import * as tf from '@tensorflow/tfjs-core'
import { type Case, sampleOf, valuesOf } from '../cases/case.ts'
import type { Prepared } from '../harness/adapter.ts'

type Variables = Record<string, tf.Tensor>

/** The training step of cases/step.ts; the loss is read when the whole step is under way. */
export function prepareStep(
  { inputs, attrs }: Case,
  read: (loss: tf.Tensor) => ArrayLike<number> | Promise<ArrayLike<number>>,
): Prepared {
  const { classes, lr, momentum, s } = attrs as Record<string, number>
  const [images, labels, ...start] = inputs.map(valuesOf)
  const variables = start.map((values, i) => tf.variable(tf.tensor(values, [...inputs[i + 2].shape])))
  const [w1, b1, w2, b2, w3, b3, fc, b, W] = variables
  const x = tf.tensor4d(images, inputs[0].shape as [number, number, number, number])
  const y = tf.oneHot(tf.tensor1d(labels as Int32Array, 'int32'), classes)
  const optimizer = tf.train.momentum(lr, momentum)
  const conv = (z: tf.Tensor, w: tf.Tensor, bias: tf.Tensor, stride: number) =>
    tf.relu(tf.add(tf.conv2d(z as tf.Tensor4D, w as tf.Tensor4D, stride, 1), bias))
  const unit = (v: tf.Tensor) => tf.div(v, tf.norm(v, 2, 1, true))

  const loss = (): tf.Scalar => {
    const features = conv(conv(conv(x, w1, b1, 1), w2, b2, 2), w3, b3, 2)
    const embedding = tf.add(tf.matMul(tf.reshape(features, [x.shape[0], -1]), fc), b)
    const logits = tf.mul(tf.matMul(unit(embedding), unit(W), false, true), s)
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), y), 1)))
  }
  let value = Number.NaN
  return {
    async call() {
      const z = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(loss)
        optimizer.applyGradients(grads as Variables as never)
        return value
      })
      value = (await read(z))[0]
      z.dispose()
    },
    async outputs() {
      const moves = variables.map(async (v, i) => {
        const now = (await v.data()) as Float32Array
        return sampleOf(now.map((value, j) => value - start[i][j]))
      })
      return [[value], ...(await Promise.all(moves))]
    },
    end() {
      for (const t of [x, y, ...variables]) t.dispose()
      optimizer.dispose()
    },
  }
}
