import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs-core'
import { type Case, sampleOf, valuesOf } from '../cases/case.ts'
import type { Prepared } from '../harness/host.ts'

// The bundle for Node leaves the gradients out; this file registers them with the bundle's engine, which is a global.
createRequire(import.meta.url)('@tensorflow/tfjs-core/dist/register_all_gradients.js')

type Variables = Record<string, tf.Tensor>

/** The training step of cases/step.ts. */
export function prepareStep({ inputs, attrs }: Case): Prepared {
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
    call() {
      value = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(loss)
        optimizer.applyGradients(grads as Variables as never)
        return value.dataSync()[0]
      })
    },
    outputs: async () => [
      [value],
      ...variables.map((v, i) => sampleOf(v.dataSync().map((now, j) => now - start[i][j]))),
    ],
    end() {
      for (const t of [x, y, ...variables]) t.dispose()
      optimizer.dispose()
    },
  }
}
