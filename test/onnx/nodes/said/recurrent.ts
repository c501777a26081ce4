import {
  add,
  matmul,
  mul,
  permute,
  reshape,
  sigmoid,
  slice,
  stack,
  sub,
  type Tensor,
  tanh,
  zeros,
} from '../../../../engine/index.ts'
import type { Node, Said } from '../node.ts'
import { cannot } from '../unsaid.ts'

/** Nets that go through a sequence, a step at a time. */
export const RECURRENT: Readonly<Record<string, Said>> = {
  GRU: ([x, w, r, bias, , h], node) => {
    if (node.flag('linear_before_reset')) cannot('linear_before_reset')
    return through(node, { x, w, r, bias, h }, 3, ({ input, state: [before], recurrent, by }) => {
      const [z, reset] = [0, 1].map(i => sigmoid(add(input[i], by(before, recurrent[i]))))
      const candidate = tanh(add(input[2], by(mul(reset, before), recurrent[2])))
      return [add(mul(sub(1, z), candidate), mul(z, before))]
    })
  },
  LSTM: ([x, w, r, bias, , h, c, peepholes], node) =>
    through(node, { x, w, r, bias, h, c }, 4, ({ input, state: [before, cell], recurrent, by, size }) => {
      const peep = (i: number, state: Tensor): Tensor | number =>
        peepholes === undefined ? 0 : mul(state, part(peepholes, i, size))
      const sums = input.map((v, i) => add(v, by(before, recurrent[i])))
      const [into, forget] = [sigmoid(add(sums[0], peep(0, cell))), sigmoid(add(sums[2], peep(2, cell)))]
      const now = add(mul(forget, cell), mul(into, tanh(sums[3])))
      return [mul(sigmoid(add(sums[1], peep(1, now))), tanh(now)), now]
    }),
  RNN: ([x, w, r, bias, , h], node) =>
    through(node, { x, w, r, bias, h }, 1, ({ input: [v], state: [before], recurrent: [u], by }) => [
      tanh(add(v, by(before, u))),
    ]),
}

interface Weights {
  readonly x: Tensor
  readonly w: Tensor
  readonly r: Tensor
  readonly bias: Tensor | undefined
  readonly h: Tensor | undefined
  readonly c?: Tensor
}
interface Step {
  /** Of each gate: W x with both biases, and its recurrent weights. */
  readonly input: readonly Tensor[]
  readonly recurrent: readonly Tensor[]
  readonly state: readonly Tensor[]
  readonly size: number
  by(state: Tensor, weights: Tensor): Tensor
}

/** Rows i of blocks of `size` of a weight of one direction. */
const part = (w: Tensor, i: number, size: number): Tensor => {
  const one = reshape(w, w.shape.slice(1))
  return slice(one, [i * size], [(i + 1) * size])
}

/** All outputs, then the last state. */
function through(node: Node, weights: Weights, gates: number, step: (s: Step) => Tensor[]): Tensor[] {
  const { w, r, bias } = weights
  if (node.text('direction', 'forward') !== 'forward') cannot('other directions than forward')
  if (node.has('clip') || node.has('activations')) cannot('other activations')
  const batchFirst = node.flag('layout')
  const x = batchFirst ? permute(weights.x, [1, 0, 2]) : weights.x
  const [length, batch, features] = x.shape
  const size = node.int('hidden_size')
  const first = (given: Tensor | undefined): Tensor =>
    given === undefined
      ? zeros([batch, size], { backend: x.backend, dtype: x.dtype })
      : reshape(given, [batch, size])
  const recurrent = Array.from({ length: gates }, (_, i) => part(r, i, size))
  const by = (v: Tensor, u: Tensor): Tensor => matmul(v, u, { transposeB: true })
  let state = gates === 4 ? [first(weights.h), first(weights.c)] : [first(weights.h)]
  const all: Tensor[] = []
  for (let t = 0; t < length; t++) {
    const now = reshape(slice(x, [t], [t + 1]), [batch, features])
    const input = Array.from({ length: gates }, (_, i) => {
      const v = by(now, part(w, i, size))
      return bias === undefined ? v : add(v, add(part(bias, i, size), part(bias, gates + i, size)))
    })
    state = step({ input, recurrent, state, size, by })
    all.push(state[0])
  }
  const axis = batchFirst ? 0 : 1
  const sequence = reshape(stack(all, axis), batchFirst ? [batch, length, 1, size] : [length, 1, batch, size])
  return [sequence, ...state.map(s => reshape(s, batchFirst ? [batch, 1, size] : [1, batch, size]))]
}
