import { blockUntilReady, jit, lax, nn, numpy as np, valueAndGrad } from '@jax-js/jax'
import { type Case, sampleOf, valuesOf } from '../cases/case.ts'
import type { Step } from '../cases/plan.ts'
import type { Prepared } from '../harness/adapter.ts'
import { conv, read, upload } from './jaxJsLibrary.ts'

type T = np.Array

const channels = (a: T): T => a.ref.reshape([1, -1, 1, 1])

/** The net of cases/plan.ts. Takes x over, as each function of the library does; the parameters stay. */
function forward(steps: readonly Step[], x: T, parameters: readonly T[], training: boolean): T {
  return steps.reduce((z, { kind, tensors, stride, padding, kernel, slope, eps, branch, shortcut }) => {
    const [a, b] = tensors.map(i => parameters[i])
    if (kind === 'conv2d') {
      const products = conv(z, a.ref, stride!, padding!)
      return b === undefined ? products : np.add(products, channels(b))
    }
    if (kind === 'linear') return np.add(np.matmul(z, a.ref), b.ref)
    if (kind === 'batchNorm') {
      if (!training)
        return np.add(np.multiply(z, channels(np.divide(a.ref, Math.sqrt(1 + eps!)))), channels(b))
      const over = { keepdims: true } as const
      const centred = np.subtract(z.ref, np.mean(z, [0, 2, 3], over))
      const variance = np.mean(np.square(centred.ref), [0, 2, 3], over)
      const unit = np.divide(centred, np.sqrt(np.add(variance, eps!)))
      return np.add(np.multiply(unit, channels(a)), channels(b))
    }
    if (kind === 'prelu') return np.where(np.greater(z.ref, 0), z.ref, np.multiply(z, channels(a)))
    if (kind === 'leakyRelu') return nn.leakyRelu(z, slope)
    if (kind === 'relu') return nn.relu(z)
    if (kind === 'maxPool2d') {
      if (padding !== 0) throw new Error(`maxPool2d: no padding expected, got ${padding}`)
      return lax.reduceWindow(z, window => np.max(window), [kernel!, kernel!], [stride!, stride!])
    }
    if (kind === 'globalAvgPool') return np.mean(z, [2, 3])
    if (kind === 'flatten') return np.transpose(z, [0, 2, 3, 1]).reshape([z.shape[0], -1])
    const branched = forward(branch!, z.ref, parameters, training)
    return np.add(forward(shortcut ?? [], z, parameters, training), branched)
  }, x)
}

/** The training step of cases/net.ts. */
export async function prepareNetStep({ inputs, attrs, net }: Case): Promise<Prepared> {
  const { classes, lr, momentum, s } = attrs as Record<string, number>
  const values = inputs.map(valuesOf)
  const [x, labels, ...start] = await Promise.all(values.map((v, i) => upload(v, inputs[i])))
  const before = values.slice(2).map(sampleOf)
  let parameters = start
  let momenta = parameters.map(p => np.zerosLike(p.ref))
  const y = nn.oneHot(labels, classes)
  const unit = (v: T): T => v.ref.div(np.sqrt(np.sum(np.square(v), 1, { keepdims: true })))
  const loss = (all: T[], x: T, y: T): T => {
    const embedding = forward(net!.steps, x, all.slice(0, -1), true)
    const logits = np.multiply(np.matmul(unit(embedding), np.transpose(unit(all.at(-1)!.ref))), s)
    return np.negative(np.mean(np.sum(np.multiply(nn.logSoftmax(logits, 1), y), 1)))
  }
  const backward = jit((p: T[], x: T, y: T) => valueAndGrad(loss)(p, x, y) as unknown as T[])
  let value = Number.NaN
  return {
    async call() {
      const all = parameters.map(p => p.ref)
      const [z, grads] = backward(all, x.ref, y.ref) as unknown as [T, T[]]
      momenta = momenta.map((m, i) => np.add(np.multiply(m, momentum), grads[i]))
      parameters = parameters.map((p, i) => np.subtract(p, np.multiply(momenta[i].ref, lr)))
      await Promise.all([...momenta, ...parameters].map(t => t.blockUntilReady()))
      value = (await z.data())[0] as number
    },
    async outputs() {
      const moves = parameters.map(async (p, i) =>
        sampleOf(await read(p, inputs[i + 2].layout)).map((now, j) => now - before[i][j]),
      )
      return [[value], ...(await Promise.all(moves))]
    },
    end() {
      for (const t of [x, y, ...parameters, ...momenta]) t.dispose()
      backward.dispose()
    },
  }
}

/** The inference of cases/net.ts. */
export async function prepareNetInfer({ inputs, net }: Case): Promise<Prepared> {
  const [x, ...parameters] = await Promise.all(inputs.map((input, i) => upload(valuesOf(input, i), input)))
  const infer = jit((p: T[], x: T) => forward(net!.steps, x, p, false))
  let z: T | undefined
  return {
    async call() {
      z?.dispose()
      z = infer(
        parameters.map(p => p.ref),
        x.ref,
      ) as T
      await blockUntilReady(z)
    },
    outputs: async () => [sampleOf(await read(z!, undefined))],
    end() {
      for (const t of [x, z!, ...parameters]) t.dispose()
      infer.dispose()
    },
  }
}
