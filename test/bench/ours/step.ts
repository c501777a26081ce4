import {
  generator,
  grad,
  layers,
  noGrad,
  normFace,
  relu,
  sgd,
  stopGradient,
  tensor,
  tidy,
} from '../../../models/all.ts'
import { type Case, sampleOf, valuesOf } from '../cases/case.ts'
import type { Prepared } from '../harness/adapter.ts'

/** The net, loss and optimiser of a step case; `step` trains once and gives the loss. */
export function training({ inputs, attrs }: Case) {
  const { classes, lr, momentum, s } = attrs as Record<string, number>
  const [images, labels, ...start] = inputs.map(valuesOf)
  const rng = generator(0)
  const conv = (from: number, to: number, stride: number) =>
    layers.conv2d({ in: from, out: to, kernel: 3, stride, padding: 1, rng })
  const act = () => layers.layer('relu', x => relu(x))
  const net = layers.sequential({
    conv1: conv(1, 16, 1),
    act1: act(),
    conv2: conv(16, 32, 2),
    act2: act(),
    conv3: conv(32, 64, 2),
    act3: act(),
    flatten: layers.flatten(),
    fc: layers.linear({ in: 7 * 7 * 64, out: 32, rng }),
  })
  const loss = normFace({ classes, dim: 32, s })
  const parameters = { ...net.parameters, ...loss.parameters }
  for (const [i, p] of Object.values(parameters).entries()) p.assign(tensor(start[i], { shape: p.shape }))
  const optimizer = sgd(parameters, { lr, momentum })
  const x = tensor(images, { shape: inputs[0].shape })
  const y = labels as Int32Array

  const forwardBackward = (): number => {
    const value = loss(net(x, { training: true }), y)
    const number = value.item()
    optimizer.step(noGrad(() => grad(value, parameters)))
    return number
  }
  return {
    parameters: Object.values(parameters),
    step: () => tidy(forwardBackward),
    /** What a step makes is left to the garbage collector. */
    stepWithoutTidy: forwardBackward,
    /** On a backend that answers later: the loss is read when the whole step is under way. */
    async stepLater() {
      const value = tidy(() => {
        const value = loss(net(x, { training: true }), y)
        // A look at the gradients would be a second readback, which the others do not do either.
        optimizer.step(
          noGrad(() => grad(value, parameters)),
          1,
          { checked: true },
        )
        return stopGradient(value)
      })
      const [number] = await value.data()
      value.dispose()
      return number
    },
  }
}

export async function prepareStep(c: Case, run: 'step' | 'stepLater' = 'step'): Promise<Prepared> {
  const { parameters, [run]: step } = training(c)
  const before = await Promise.all(parameters.map(p => p.data()))
  let value: number | Promise<number> = Number.NaN
  return {
    call() {
      value = step()
      return value instanceof Promise ? value.then(() => {}) : undefined
    },
    async outputs() {
      const moves = parameters.map(async (p, i) => sampleOf(moved(before[i], await p.data())))
      return [[await value], ...(await Promise.all(moves))]
    },
    end() {
      for (const p of parameters) p.dispose()
    },
  }
}

const moved = (before: ArrayLike<number>, now: ArrayLike<number>): Float64Array =>
  Float64Array.from(now, (v, i) => v - before[i])
