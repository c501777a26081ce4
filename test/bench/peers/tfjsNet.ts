import * as tf from '@tensorflow/tfjs-core'
import { type Case, sampleOf, valuesOf } from '../cases/case.ts'
import type { Step } from '../cases/plan.ts'
import type { Prepared } from '../harness/adapter.ts'

type T = tf.Tensor

/** The net of cases/plan.ts. */
function forward(steps: readonly Step[], x: T, parameters: readonly T[], training: boolean): T {
  return steps.reduce((z, { kind, tensors, stride, padding, kernel, slope, eps, branch, shortcut }) => {
    const [a, b] = tensors.map(i => parameters[i])
    if (kind === 'conv2d') {
      const products = tf.conv2d(z as tf.Tensor4D, a as tf.Tensor4D, stride!, padding!)
      return b === undefined ? products : tf.add(products, b)
    }
    if (kind === 'linear') return tf.add(tf.matMul(z, a), b)
    if (kind === 'batchNorm') {
      const { mean, variance } = training
        ? tf.moments(z, [0, 1, 2])
        : { mean: tf.zerosLike(a), variance: tf.onesLike(a) }
      return tf.batchNorm(
        z,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        b as tf.Tensor1D,
        a as tf.Tensor1D,
        eps,
      )
    }
    if (kind === 'prelu') return tf.prelu(z, a)
    if (kind === 'leakyRelu') return tf.leakyRelu(z, slope)
    if (kind === 'relu') return tf.relu(z)
    if (kind === 'maxPool2d') return tf.maxPool(z as tf.Tensor4D, kernel!, stride!, padding!)
    if (kind === 'globalAvgPool') return tf.mean(z, [1, 2])
    if (kind === 'flatten') return tf.reshape(z, [z.shape[0], -1])
    return tf.add(forward(shortcut ?? [], z, parameters, training), forward(branch!, z, parameters, training))
  }, x)
}

/** The training step of cases/net.ts. */
export function prepareNetStep({ inputs, attrs, net }: Case): Prepared {
  const { classes, lr, momentum, s } = attrs as Record<string, number>
  const [images, labels, ...start] = inputs.map(valuesOf)
  const variables = start.map((values, i) => tf.variable(tf.tensor(values, [...inputs[i + 2].shape])))
  const before = start.map(sampleOf)
  const parameters = variables.slice(0, -1)
  const W = variables.at(-1)!
  const x = tf.tensor(images, [...inputs[0].shape])
  const y = tf.oneHot(tf.tensor1d(labels as Int32Array, 'int32'), classes)
  const optimizer = tf.train.momentum(lr, momentum)
  const unit = (v: T) => tf.div(v, tf.norm(v, 2, 1, true))
  const loss = (): tf.Scalar => {
    const embedding = forward(net!.steps, x, parameters, true)
    const logits = tf.mul(tf.matMul(unit(embedding), unit(W), false, true), s)
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), y), 1)))
  }
  let value = Number.NaN
  return {
    call() {
      value = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(loss)
        optimizer.applyGradients(grads as never)
        return value.dataSync()[0]
      })
    },
    async outputs() {
      const moves = variables.map((v, i) => sampleOf(v.dataSync()).map((now, j) => now - before[i][j]))
      return [[value], ...moves]
    },
    end() {
      for (const t of [x, y, ...variables]) t.dispose()
      optimizer.dispose()
    },
  }
}

/** The inference of cases/net.ts. */
export function prepareNetInfer({ inputs, net }: Case): Prepared {
  const [x, ...parameters] = inputs.map((input, i) => tf.tensor(valuesOf(input, i), [...input.shape]))
  let z: T | undefined
  return {
    call() {
      z?.dispose()
      z = tf.tidy(() => forward(net!.steps, x, parameters, false))
    },
    outputs: async () => [sampleOf(z!.dataSync())],
    end() {
      for (const t of [x, z!, ...parameters]) t.dispose()
    },
  }
}
