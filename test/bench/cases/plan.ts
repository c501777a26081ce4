import type { Kinds, Layer } from '../../../models/layers/index.ts'
import { type Input, sizeOf } from './case.ts'

/** A layer for every language: what it computes, and which of the net's parameters it holds, by their numbers. */
export interface Step {
  readonly kind: string
  readonly tensors: readonly number[]
  readonly stride?: number
  readonly padding?: number
  readonly kernel?: number
  /** Of a leaky ReLU. */
  readonly slope?: number
  /** Of a batch norm, whose running mean and variance are 0 and 1. */
  readonly eps?: number
  /** Of a residual: z = shortcut(x) + branch(x), by default x itself. */
  readonly branch?: readonly Step[]
  readonly shortcut?: readonly Step[]
}

export interface Plan {
  readonly steps: readonly Step[]
  /** The net's parameters as they start, in the order of its record. */
  readonly parameters: readonly Input[]
  /** Size of an embedding. */
  readonly dim: number
  /** Multiplications and additions of its products, one image forward, padding counted as the rest. */
  readonly forward: number
  /** The same of a training step: each product again for dw, and for dx but in the first layer. */
  readonly step: number
}

/** The net as data, for images of `input`, [height, width, channels]. Throws on a kind of layer that no peer has. */
export function planOf(net: Layer, input: readonly number[]): Plan {
  const tensors = Object.values(net.parameters)
  const inputs: Input[] = tensors.map(({ shape }) => ({ shape }))
  const products: number[] = []

  function walk(layer: Layer, shape: readonly number[]): { steps: Step[]; shape: readonly number[] } {
    const own = layer.description
    if (own === undefined) throw new Error('planOf: a layer with a description expected, got one without')
    const numbers = Object.values(layer.parameters).map(t => tensors.indexOf(t))
    const shapes = numbers.map(n => tensors[n].shape)
    const leaf = (attrs: Partial<Step>, out: readonly number[]) => {
      numbers.forEach((n, i) => {
        inputs[n] = startOf(own.kind, shapes[i], i)
      })
      return { steps: [{ kind: own.kind, tensors: numbers, ...attrs }], shape: out }
    }
    if (own.kind === 'sequential') {
      const steps: Step[] = []
      for (const inner of Object.values(own.layers)) {
        const made = walk(inner, shape)
        steps.push(...made.steps)
        shape = made.shape
      }
      return { steps, shape }
    }
    if (own.kind === 'residual') {
      const branch = walk(own.branch, shape)
      const shortcut = own.shortcut && walk(own.shortcut, shape).steps
      const step = { kind: own.kind, tensors: [], branch: branch.steps, ...(shortcut && { shortcut }) }
      return { steps: [step], shape: branch.shape }
    }
    if (own.kind === 'maxPool2d' && own.ceilMode) throw new Error('planOf: no ceilMode expected, got it')
    if (own.kind === 'conv2d' || own.kind === 'maxPool2d') {
      const attrs = square(own.kind === 'conv2d' ? { ...own, kernel: shapes[0] } : own)
      const { kernel, stride, padding } = attrs
      const sides = shape.slice(0, 2).map(n => Math.floor((n + 2 * padding - kernel) / stride) + 1)
      if (own.kind === 'maxPool2d') return leaf(attrs, [...sides, shape[2]])
      if (own.groups !== 1) throw new Error(`planOf: one group expected, got ${own.groups}`)
      products.push(2 * sizeOf(sides) * sizeOf(shapes[0]))
      return leaf(attrs, [...sides, shapes[0][3]])
    }
    if (own.kind === 'linear') {
      products.push(2 * sizeOf(shapes[0]))
      return leaf({}, [shapes[0][1]])
    }
    if (own.kind === 'batchNorm') return leaf({ eps: own.eps }, shape)
    if (own.kind === 'leakyRelu') return leaf({ slope: own.slope }, shape)
    if (own.kind === 'prelu' || own.kind === 'relu') return leaf({}, shape)
    if (own.kind === 'globalAvgPool') return leaf({}, [shape[2]])
    if (own.kind === 'flatten') return leaf({}, [sizeOf(shape)])
    throw new Error(`planOf: a layer that the peers have expected, got ${own.kind}`)
  }

  const { steps, shape } = walk(net, input)
  const forward = products.reduce((n, flops) => n + flops, 0)
  return { steps, parameters: inputs, dim: shape[0], forward, step: 3 * forward - products[0] }
}

/** How parameter `i` of a layer starts; of weights Var(z) = Var(x) through a ReLU, as in a training. */
function startOf(kind: string, shape: readonly number[], i: number): Input {
  if (kind === 'prelu') return { shape, fill: 'positive', scale: 0.5 }
  if (kind === 'batchNorm' && i === 0) return { shape, fill: 'positive' }
  if (i > 0) return { shape, scale: 0.1 }
  const fanIn = sizeOf(shape) / shape.at(-1)!
  return { shape, scale: Math.sqrt(6 / fanIn), ...(kind === 'conv2d' && { layout: 'HWIO' }) }
}

/** A window of equal sides as single numbers. Throws on another, which the peers are not told of. */
function square({
  kernel,
  stride,
  padding,
  dilation,
}: Omit<Kinds['conv2d'], 'groups'> & { kernel: readonly number[] }) {
  const [top, ...others] = padding.flat()
  if (others.some(n => n !== top)) throw new Error(`planOf: one padding expected, got ${padding}`)
  const [k, s, d] = [kernel, stride, dilation].map(([rows, columns]) => {
    if (rows !== columns) throw new Error(`planOf: a square window expected, got ${rows} x ${columns}`)
    return rows
  })
  if (d !== 1) throw new Error(`planOf: a dilation of 1 expected, got ${d}`)
  return { kernel: k, stride: s, padding: top }
}
