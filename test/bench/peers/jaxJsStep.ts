import { jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax'
import { type Case, sampleOf, valuesOf } from '../cases/case.ts'
import type { Prepared } from '../harness/adapter.ts'
import { conv, read, upload } from './jaxJsLibrary.ts'

type T = np.Array

/** The training step of cases/step.ts. */
export async function prepareStep({ inputs, attrs }: Case): Promise<Prepared> {
  const { classes, lr, momentum, s } = attrs as Record<string, number>
  const values = inputs.map(valuesOf)
  const [x, labels, ...start] = await Promise.all(values.map((v, i) => upload(v, inputs[i])))
  let parameters = start
  let momenta = parameters.map(p => np.zerosLike(p.ref))
  const y = nn.oneHot(labels, classes)

  const unit = (v: T): T => v.ref.div(np.sqrt(np.sum(np.square(v), 1, { keepdims: true })))
  const convolved = (z: T, w: T, b: T, stride: number): T =>
    nn.relu(np.add(conv(z, w, stride, 1), b.reshape([1, -1, 1, 1])))
  const loss = ([w1, b1, w2, b2, w3, b3, fc, b, W]: T[], x: T, y: T): T => {
    const features = convolved(convolved(convolved(x, w1, b1, 1), w2, b2, 2), w3, b3, 2)
    const flat = np.transpose(features, [0, 2, 3, 1]).reshape([inputs[0].shape[0], -1])
    const embedding = np.add(np.matmul(flat, fc), b)
    const logits = np.multiply(np.matmul(unit(embedding), np.transpose(unit(W))), s)
    return np.negative(np.mean(np.sum(np.multiply(nn.logSoftmax(logits, 1), y), 1)))
  }
  const backward = jit((p: T[], x: T, y: T) => valueAndGrad(loss)(p, x, y) as unknown as T[])
  let value = Number.NaN
  return {
    async call() {
      const [z, grads] = backward(
        parameters.map(p => p.ref),
        x.ref,
        y.ref,
      ) as unknown as [T, T[]]
      momenta = momenta.map((m, i) => np.add(np.multiply(m, momentum), grads[i]))
      parameters = parameters.map((p, i) => np.subtract(p, np.multiply(momenta[i].ref, lr)))
      await Promise.all([...momenta, ...parameters].map(t => t.blockUntilReady()))
      value = (await z.data())[0] as number
    },
    async outputs() {
      const moves = parameters.map(async (p, i) => {
        const now = await read(p, inputs[i + 2].layout)
        return sampleOf(Float64Array.from(now, (v, j) => v - values[i + 2][j]))
      })
      return [[value], ...(await Promise.all(moves))]
    },
    end() {
      for (const t of [x, y, ...parameters, ...momenta]) t.dispose()
      backward.dispose()
    },
  }
}
