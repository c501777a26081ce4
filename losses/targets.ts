import { checkInteger, type OptionNames } from '../engine/check.ts'
import { permute, reshape, scatterAdd, type Tensor, take, tensor, zeros } from '../engine/index.ts'
import { format, type Shape, sizeOf } from '../engine/shape.ts'
import { batchLabels, isLabelList, type Labels } from './labels.ts'

export interface TargetOptions {
  /** Samples of this label are left out: no loss, no gradient, no part in the mean. An integer, such as PyTorch's -100. Default: none are. */
  ignoreIndex?: number
}

export const TARGET_OPTIONS = {
  ignoreIndex: ['ignoreLabel', 'ignore', 'ignored'],
} satisfies OptionNames<TargetOptions>

/** What is classified. */
export interface Targets {
  /** A sample a row. [M,C] */
  readonly z: Tensor
  /** [M] */
  readonly y: Int32Array
  /** Losses of the M samples where the samples are, 0 for those left out.  [M] -> [N,d1,..] */
  placed(losses: Tensor): Tensor
}

/** z[N,C,d1,..] y[N d1 ..] -> the samples that count */
export function targets(op: string, z: Tensor, y: Labels, { ignoreIndex }: TargetOptions): Targets {
  if (z.rank < 2) throw new Error(`${op}: z[N,C] or z[N,C,d1,..] expected, got shape ${format(z.shape)}`)
  if (ignoreIndex !== undefined) checkInteger(op, 'ignoreIndex', ignoreIndex)
  const [n, classes, ...inner] = z.shape
  const shape = [n, ...inner]
  const rows = inner.length === 0 ? z : classesLast(z)
  const given = ignoreIndex !== undefined && ArrayBuffer.isView(y) && isLabelList(y) ? numbers(y) : y
  const labels = batchLabels(op, without(given, ignoreIndex), sizeOf(shape), classes)
  const kept = places(given, ignoreIndex)
  if (kept.length === labels.length) {
    return { z: rows, y: labels, placed: losses => (inner.length === 0 ? losses : reshape(losses, shape)) }
  }
  const index = tensor(kept, { backend: z.backend })
  return {
    z: take(rows, index),
    y: Int32Array.from(kept, i => labels[i]),
    placed: losses => reshape(scatterAdd(zerosOf(shape, z), index, losses, 0), shape),
  }
}

/** z[N,C,d1,..] -> [N d1 ..,C] */
function classesLast(z: Tensor): Tensor {
  const axes = z.shape.map((_, i) => i)
  return reshape(permute(z, [0, ...axes.slice(2), 1]), [-1, z.shape[1]])
}

const zerosOf = (shape: Shape, { dtype, backend }: Tensor): Tensor =>
  zeros([sizeOf(shape)], { dtype, backend })

const numbers = (y: Labels): number[] => Array.from(y as Int32Array, Number)

/** y with a class, whichever, in the places that are left out. */
const without = (y: Labels, ignoreIndex: number | undefined): Labels =>
  ignoreIndex !== undefined && Array.isArray(y) ? y.map(label => (label === ignoreIndex ? 0 : label)) : y

/** The places of labels other than that. */
const places = (y: Labels, ignoreIndex: number | undefined): Int32Array =>
  Int32Array.from({ length: y.length }, (_, i) => i).filter(i => y[i] !== ignoreIndex)
