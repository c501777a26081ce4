import * as ir from '../../../models/all.ts'
import { type Case, fillWith, sampleStep, valuesOf } from '../cases/case.ts'
import { NETS } from '../cases/nets.ts'
import type { Prepared } from '../harness/adapter.ts'

export interface BuildOptions {
  /**
   * This library is the build that the peer `before` runs: its `valueAndGrad` gives nothing back on its way, and it has no
   * `checkpoint`, no `fold` and no `flatIndex`. Default false.
   */
  before?: boolean
}

type Built = ReturnType<typeof built>

/** The net of a case, its parameters and those of the loss with the values of the case's inputs from number `first` on. */
export function built(
  { inputs, net }: Case,
  first: number,
  { before = false }: BuildOptions,
  loss?: ir.Loss,
) {
  const { name, options } = net!
  const { checkpoint, ...plain } = options
  const made = NETS[name](before ? plain : options)
  const parameters = { ...made.parameters, ...loss?.parameters }
  const all = Object.values(parameters)
  // One for all: of many arrays the process keeps some of the memory when they are gone.
  const room = new Float32Array(Math.max(...all.map(p => p.size)))
  all.forEach((p, i) => {
    const values = fillWith(inputs[first + i], first + i, room.subarray(0, p.size))
    const start = ir.tensor(values, { shape: p.shape })
    p.assign(start)
    start.dispose()
  })
  const x = ir.tensor(valuesOf(inputs[0], 0), { shape: inputs[0].shape })
  return { net: made, parameters, all, x }
}

/** The step of cases/net.ts. */
export function prepareNetStep(c: Case, ways: BuildOptions): Prepared {
  const { classes, lr, momentum, s } = c.attrs as Record<string, number>
  const dim = c.inputs.at(-1)!.shape[1]
  const loss = ir.normFace({ classes, dim, s })
  const { net, parameters, all, x } = built(c, 2, ways, loss)
  const y = valuesOf(c.inputs[1], 1) as Int32Array
  const optimizer = ir.sgd(parameters, { lr, momentum })
  const start = all.map(sampleOf)
  const forward = () => loss(net(x, { training: true }), y)
  const backward = ways.before ? recorded : released
  let value = Number.NaN

  function step(): void {
    const { value: z, grads } = backward(forward, parameters)
    value = z.item()
    optimizer.step(grads)
  }
  return {
    call: () => ir.tidy(step),
    outputs: async () => [[value], ...all.map((p, i) => sampleOf(p).map((v, j) => v - start[i][j]))],
    end: () => disposeAll([...all, x]),
  }
}

type Parameters = Built['parameters']
const released = (forward: () => ir.Tensor, parameters: Parameters) =>
  ir.noGrad(() => ir.valueAndGrad(forward, parameters))
const recorded = (forward: () => ir.Tensor, parameters: Parameters) => {
  const value = forward()
  return { value, grads: ir.noGrad(() => ir.grad(value, parameters)) }
}

/** The inference of cases/net.ts: batch norms within the weights, where the build has `fold`. */
export function prepareNetInfer(c: Case, ways: BuildOptions): Prepared {
  const { net: trained, all, x } = built(c, 1, ways)
  const net = ways.before ? trained : ir.fold(trained)
  let z: ir.Tensor | undefined
  return {
    call() {
      z?.dispose()
      z = ir.noGrad(() => ir.tidy(() => net(x)))
    },
    outputs: async () => [sampleOf(z!)],
    end: () => disposeAll([...all, ...Object.values(net.parameters), x, z!]),
  }
}

/** As of the values, of which only these are copied: a copy of all counts in the memory of the process. */
const sampleOf = (x: ir.Tensor): number[] =>
  ir.noGrad(() =>
    ir.tidy(() => [...ir.slice(ir.reshape(x, [x.size]), [0], [x.size], [sampleStep(x.size)]).dataSync()]),
  )

const disposeAll = (tensors: readonly ir.Tensor[]): void => {
  for (const t of new Set(tensors)) if (!t.disposed) t.dispose()
}
