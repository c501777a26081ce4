import * as ir from '../../../models/all.ts'
import type { Adapter } from '../harness/adapter.ts'
import { type Attrs, type Library, prepareOp } from '../harness/library.ts'
import { type BuildOptions, prepareNetInfer, prepareNetStep } from './net.ts'
import { prepareSearch } from './search.ts'
import { prepareStep } from './step.ts'

export interface OursOptions extends BuildOptions {
  backend: ir.BackendName
  threads: number
  /** Convolutions by their definition. Default false. */
  exact?: boolean
}

/** Makes the backend the default one, with that many threads. Throws when it cannot have them. */
export function setUp({ backend, threads, exact = false }: OursOptions): ir.Backend {
  if (exact) ir.setExact(true)
  ir.setThreads(threads)
  ir.setBackend(backend)
  const made: ir.Backend & { readonly threads?: number } = ir.defaultBackend()
  if ((made.threads ?? 1) !== threads) throw new Error(`${made.name} has one thread`)
  return made
}

/** This library, through its public API. */
export async function open(options: OursOptions): Promise<Adapter> {
  const { name } = setUp(options)
  return {
    version: name,
    async prepare(c) {
      if (c.op === 'netStep') return prepareNetStep(c, options)
      if (c.op === 'netInfer') return prepareNetInfer(c, options)
      if (c.op === 'step') return prepareStep(c)
      return (await prepareSearch(c, options.before ?? false)) ?? prepareOp(library, c)
    },
  }
}

type T = ir.Tensor

const axisOf = (attrs: Attrs): { axis: number } => ({ axis: attrs.axis as number })
const convOf = ({ stride, padding }: Attrs): ir.ConvOptions => ({ stride, padding }) as ir.ConvOptions
const shapeOf = (attrs: Attrs, name: string): number[] => attrs[name] as number[]

export const library: Library<T> = {
  upload: (values, { shape }) =>
    ir.tensor(values, { shape, dtype: values instanceof Int32Array ? 'int32' : 'float32' }),
  read: z => z.dataSync(),
  free: x => x.dispose(),
  ops: {
    matmul: ([a, b], { transposeA, transposeB }) =>
      ir.matmul(a, b, { transposeA: transposeA === true, transposeB: transposeB === true }),
    conv2d: ([x, w], attrs) => ir.conv2d(x, w, convOf(attrs)),
    conv2dInputGrad: ([dz, w], attrs) => ir.conv2dInputGrad(dz, w, shapeOf(attrs, 'xShape'), convOf(attrs)),
    conv2dWeightGrad: ([x, dz], attrs) => ir.conv2dWeightGrad(x, dz, shapeOf(attrs, 'wShape'), convOf(attrs)),
    add: ([x, y]) => ir.add(x, y),
    mul: ([x, y]) => ir.mul(x, y),
    relu: ([x]) => ir.relu(x),
    exp: ([x]) => ir.exp(x),
    log: ([x]) => ir.log(x),
    tanh: ([x]) => ir.tanh(x),
    sigmoid: ([x]) => ir.sigmoid(x),
    sumAll: ([x]) => ir.sum(x),
    sum: ([x], attrs) => ir.sum(x, axisOf(attrs)),
    max: ([x], attrs) => ir.max(x, axisOf(attrs)),
    logSumExp: ([x], attrs) => ir.logSumExp(x, axisOf(attrs)),
    softmax: ([x], attrs) => ir.tidy(() => ir.softmax(x, axisOf(attrs).axis)),
    maxPool2d: ([x]) => ir.tidy(() => ir.maxPool2d(x, 2)),
    maxPool2dGrad: ([dz, x]) => {
      const [[, height, width], [, rows, columns]] = [x.shape, dz.shape]
      const two = [2, 2] as const
      return new ir.Tensor(
        x.backend.maxPool2dGrad(dz.array, x.array, {
          kernel: two,
          stride: two,
          padding: [0, 0],
          dilation: [1, 1],
          input: [height, width],
          output: [rows, columns],
        }),
        x.backend,
      )
    },
    permute: ([x], { axes }) => ir.permute(x, axes as number[]),
    gather: ([x, index]) =>
      ir.tidy(() => ir.gather(x, ir.broadcastTo(ir.reshape(index, [-1, 1]), [index.size, x.shape[1]]), 0)),
  },
}
