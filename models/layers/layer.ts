import { checkFlag, checkOptions } from '../../engine/check.ts'
import { Generator, type Pair, type Sides, type Stateful, type Tensor } from '../../engine/index.ts'
import { assignAll, checkNames, checkState, checkTensors, mapRecord, snapshot } from '../../engine/state.ts'
import { generatorState } from '../state.ts'

export interface ForwardOptions {
  /** Train: batch norm takes the batch's statistics and dropout drops. Default false. */
  training?: boolean
}

export const FORWARD = { training: true } as const

/** Of a factory that has nothing to choose. A generator it leaves alone, so that factories can be called alike. */
export type NoOptions = Readonly<Record<string, never>> | Generator

export function checkNoOptions(name: string, options: NoOptions | undefined): void {
  if (!(options instanceof Generator)) checkOptions<Readonly<Record<string, never>>>(name, options, {})
}

/** The range of the finite numbers. */
export const finite = [-Number.MAX_VALUE, Number.MAX_VALUE] as const

/** A function of tensors with weights. A net is a layer too. */
export interface Layer extends Stateful {
  (x: Tensor, options?: ForwardOptions): Tensor
  /** Trained by gradient. */
  readonly parameters: Readonly<Record<string, Tensor>>
  /** Of a sequence, its layers in order. */
  readonly layers?: Readonly<Record<string, Layer>>
  /** What it computes, as data; a layer without one runs and trains, but cannot be exported. */
  readonly description?: Description
}

/** What a convolution or a pool sees at once. */
export interface Window {
  readonly kernel: Pair
  readonly stride: Pair
  readonly padding: Sides
  readonly dilation: Pair
}

interface Pooling extends Window {
  readonly ceilMode: boolean
}

/** What the output of each kind of layer depends on, besides its tensors and its input. */
export interface Kinds {
  conv2d: Omit<Window, 'kernel'> & { readonly groups: number }
  linear: unknown
  batchNorm: { readonly eps: number; readonly momentum: number }
  groupNorm: { readonly groups: number; readonly eps: number }
  instanceNorm: { readonly channels: number; readonly eps: number }
  rmsNorm: { readonly eps: number }
  relu: unknown
  leakyRelu: { readonly slope: number }
  prelu: unknown
  gelu: { readonly tanh: boolean }
  silu: unknown
  elu: { readonly alpha: number }
  celu: { readonly alpha: number }
  selu: unknown
  mish: unknown
  hardsigmoid: unknown
  hardswish: unknown
  softsign: unknown
  sigmoid: unknown
  tanh: unknown
  softplus: unknown
  maxFeatureMap: { readonly channels: number }
  squeezeExcite: unknown
  multiHeadAttention: { readonly heads: number; readonly causal: boolean }
  dropout: { readonly p: number }
  maxPool2d: Pooling
  avgPool2d: Pooling & { readonly countIncludePad: boolean }
  globalAvgPool: unknown
  globalMaxPool: unknown
  gem: { readonly eps: number; readonly learned: boolean }
  flatten: unknown
  sequential: { readonly layers: Readonly<Record<string, Layer>> }
  residual: { readonly branch: Layer; readonly shortcut?: Layer }
}
export type Kind = keyof Kinds

/** A layer as data: what it takes to write it down in another program's terms. */
export type Description = { [K in Kind]: { readonly kind: K } & Kinds[K] }[Kind]

/** What a layer holds. */
export interface LayerParts {
  /** Trained by gradient. */
  readonly parameters?: Readonly<Record<string, Tensor>>
  /** Kept, but not trained, such as running statistics. */
  readonly buffers?: Readonly<Record<string, Tensor>>
  readonly generators?: Readonly<Record<string, Generator>>
  readonly description?: Description
}

type Forward = (x: Tensor, training: boolean) => Tensor
/** A layer and the one after it as one function, or undefined where they stay two. */
type Joining = (next: Layer) => Forward | undefined

const joinings = new WeakMap<Layer, Joining>()

/** Notes how a layer computes what follows it in the same pass. */
export function joins(layer: Layer, joining: Joining): Layer {
  joinings.set(layer, joining)
  return layer
}

/** Two layers of ours as one, to call in their place; undefined where no pass would be saved. */
export function joined(first: Layer, next: Layer): Layer | undefined {
  const forward = isClosed(next) ? joinings.get(first)?.(next) : undefined
  return forward && close(layer(first.name, forward))
}

const closed = new WeakSet<Layer>()

/** Is it known that the layer keeps neither what goes in nor what comes out? */
export const isClosed = (layer: Layer): boolean => closed.has(layer)

/** Notes that of a layer. */
export function close<L extends Layer>(layer: L): L {
  closed.add(layer)
  return layer
}

/** A layer out of its function and its parts. `name` opens its errors. */
export function layer(
  name: string,
  forward: Forward,
  { parameters = {}, buffers = {}, generators = {}, description }: LayerParts = {},
): Layer {
  const call = (x: Tensor, options: ForwardOptions = {}): Tensor => {
    checkOptions(name, options, FORWARD)
    const { training = false } = options
    checkFlag(name, 'training', training)
    return forward(x, training)
  }
  const tensors = { ...parameters, ...buffers }
  // Errors of exporters name the function.
  Object.defineProperty(call, 'name', { value: name })
  const made = Object.assign(call, {
    parameters,
    description,
    state: () => ({ tensors: snapshot(tensors), values: mapRecord(generators, rng => [...rng.state()]) }),
    load(state: ReturnType<Stateful['state']>) {
      checkState(name, state)
      checkTensors(name, tensors, state.tensors)
      checkNames(name, Object.keys(generators), Object.keys(state.values))
      const restored = mapRecord(generators, (_, key) => generatorState(name, key, state.values[key]))
      assignAll(tensors, state.tensors)
      for (const [key, rng] of Object.entries(generators)) rng.load(restored[key])
    },
  })
  // A layer that says all that it computes does nothing else.
  return description === undefined ? made : close(made)
}
