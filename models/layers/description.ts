import type { Pair } from '../../engine/index.ts'
import type { Layer } from './layer.ts'

interface Window {
  readonly stride: Pair
  readonly padding: Pair
  readonly dilation: Pair
}

/** What the output of each kind of layer depends on, besides its tensors and its input. */
export interface Kinds {
  conv2d: Window & { readonly groups: number }
  linear: unknown
  batchNorm: { readonly eps: number }
  relu: unknown
  leakyRelu: { readonly slope: number }
  prelu: unknown
  gelu: { readonly tanh: boolean }
  sigmoid: unknown
  tanh: unknown
  softplus: unknown
  dropout: unknown
  maxPool2d: Window & { readonly kernel: Pair }
  avgPool2d: Window & { readonly kernel: Pair }
  globalAvgPool: unknown
  flatten: unknown
  sequential: { readonly layers: Readonly<Record<string, Layer>> }
  residual: { readonly branch: Layer; readonly shortcut?: Layer }
}
export type Kind = keyof Kinds

/** A layer as data: what it takes to write it down in another program's terms. */
export type Description = { [K in Kind]: { readonly kind: K } & Kinds[K] }[Kind]
