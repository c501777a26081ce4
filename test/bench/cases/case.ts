import type { NetName, NetOptions } from './nets.ts'
import type { Step } from './plan.ts'

/** What an array is filled with: [-1,1), (0,1], or whole numbers below `below`. */
export type Fill = 'signed' | 'positive' | { readonly below: number }

/** How the axes lie; a peer of another layout turns the array before the clock starts. */
export type Layout = 'NHWC' | 'HWIO'

export interface Input {
  readonly shape: readonly number[]
  /** Default signed. */
  readonly fill?: Fill
  /** Factor on the values. Default 1. */
  readonly scale?: number
  readonly layout?: Layout
}

/** What every contestant is asked to compute: plain data, sent to their processes as JSON. */
export interface Case {
  readonly name: string
  readonly op: string
  readonly inputs: readonly Input[]
  readonly attrs: Readonly<Record<string, number | boolean | readonly number[]>>
  readonly outputLayout?: Layout
  /** The net that a case is about: by its name for ours, as data for the others. */
  readonly net?: { readonly name: NetName; readonly options: NetOptions; readonly steps: readonly Step[] }
  /** Multiplications and additions, where they are what a case is about. */
  readonly flops?: number
  /** Each contestant's process is new, and tells the most memory that it had. Default false. */
  readonly fresh?: boolean
  /** What the ratio compares. Default the time. */
  readonly compares?: 'bytes'
  /** How far two correct results may lie apart, as a part of the largest magnitude of an output. */
  readonly tolerance: number
  /** Calls after the first until one counts, for libraries that compile at the first few. Default 0. */
  readonly warmUp?: number
  /** Milliseconds that a contestant may take for all its calls; the first one is never refused. */
  readonly budget: number
  /** Milliseconds after which a call that has not come back is given up. */
  readonly limit: number
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, size) => n * size, 1)

/** The values of a case's input number `seed`, the same ones in each process and language. */
export function valuesOf(input: Input, seed: number): Float32Array | Int32Array {
  const { shape, fill } = input
  const n = sizeOf(shape)
  if (typeof fill === 'object') return Int32Array.from({ length: n }, (_, i) => mixed(i, seed) % fill.below)
  return fillWith(input, seed, new Float32Array(n))
}

/** Puts them into `values`, where they are no whole numbers. */
export function fillWith({ fill, scale = 1 }: Input, seed: number, values: Float32Array): Float32Array {
  const [shift, unit] = fill === 'positive' ? [1, 2 ** -24] : [-(2 ** 23), 2 ** -23]
  for (let i = 0; i < values.length; i++) values[i] = (mixed(i, seed) + shift) * unit * scale
  return values
}

/** 24 well-mixed bits of a place and a seed. */
function mixed(i: number, seed: number): number {
  let h = (i + Math.imul(seed + 1, 0x9e3779b9)) >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x45d9f3b)
  h = Math.imul(h ^ (h >>> 16), 0x45d9f3b)
  return (h ^ (h >>> 16)) >>> 8
}

/** Some thousand values out of all. */
export function sampleOf(values: ArrayLike<number>): number[] {
  const step = sampleStep(values.length)
  return Array.from({ length: Math.ceil(values.length / step) }, (_, i) => values[i * step])
}

/** How far they lie apart; the odd step meets every channel. */
export const sampleStep = (length: number): number => Math.ceil(length / 1000) | 1
