import { blockUntilReady, lax, nn, numpy as np, vjp } from '@jax-js/jax'
import type { Input, Layout } from '../cases/case.ts'
import type { Attrs, Library } from '../harness/library.ts'

export type T = np.Array

/** From our layouts to its NCHW and OIHW, and back. */
const IN: Readonly<Record<Layout, number[]>> = { NHWC: [0, 3, 1, 2], HWIO: [3, 2, 0, 1] }
const BACK: Readonly<Record<Layout, number[]>> = { NHWC: [0, 2, 3, 1], HWIO: [2, 3, 1, 0] }

/** An array of the case, turned to its own layout and computed. */
export async function upload(values: Float32Array | Int32Array, { shape, layout }: Input): Promise<T> {
  const x = np.array(values as never, { shape: [...shape] })
  if (layout === undefined) return x
  // Adding 0 makes a copy: what is only transposed stays a view of the old order.
  return blockUntilReady(np.add(np.transpose(x, IN[layout]), 0))
}

/** The values in the layout of the case. */
export async function read(z: T, layout: Layout | undefined): Promise<ArrayLike<number>> {
  const turned = layout === undefined ? z.ref : np.transpose(z.ref, BACK[layout])
  return (await turned.data()) as Float32Array
}

const axisOf = ({ axis }: Attrs): number => axis as number
const turned = (x: T, transposed: unknown): T => (transposed === true ? np.transpose(x.ref) : x.ref)

/** Takes both arrays over, as each function of the library does. */
export function conv(x: T, w: T, stride: number, padding: number): T {
  const pad: [number, number] = [padding, padding]
  return lax.convGeneralDilated(x, w, [stride, stride], [pad, pad])
}

const channelsFirst = (attrs: Attrs, name: string, layout: Layout): number[] =>
  IN[layout].map(axis => (attrs[name] as number[])[axis])

/** The cotangent of `at` under dz, without the forward pass: nothing asks for it, so it is never computed. */
function pulled(f: (x: T) => T, at: T, dz: T): T {
  const [z, pull] = vjp(f, [at])
  z.dispose()
  const [dx] = pull(dz.ref) as [T]
  pull.dispose()
  return dx
}

const pooled = (x: T): T => lax.reduceWindow(x, window => np.max(window), [2, 2], [2, 2])

/** Its operations are lazy, so each result is waited for. */
export const library: Library<T> = {
  upload,
  read,
  finish: z => blockUntilReady(z),
  free: x => x.dispose(),
  ops: {
    matmul: ([a, b], { transposeA, transposeB }) => np.matmul(turned(a, transposeA), turned(b, transposeB)),
    conv2d: ([x, w], { stride, padding }) => conv(x.ref, w.ref, stride as number, padding as number),
    conv2dInputGrad: ([dz, w], attrs) =>
      pulled(
        x => conv(x, w.ref, attrs.stride as number, attrs.padding as number),
        np.zeros(channelsFirst(attrs, 'xShape', 'NHWC')),
        dz,
      ),
    conv2dWeightGrad: ([x, dz], attrs) =>
      pulled(
        w => conv(x.ref, w, attrs.stride as number, attrs.padding as number),
        np.zeros(channelsFirst(attrs, 'wShape', 'HWIO')),
        dz,
      ),
    add: ([x, y]) => np.add(x.ref, y.ref),
    mul: ([x, y]) => np.multiply(x.ref, y.ref),
    relu: ([x]) => nn.relu(x.ref),
    exp: ([x]) => np.exp(x.ref),
    log: ([x]) => np.log(x.ref),
    tanh: ([x]) => np.tanh(x.ref),
    sigmoid: ([x]) => nn.sigmoid(x.ref),
    sumAll: ([x]) => np.sum(x.ref),
    sum: ([x], attrs) => np.sum(x.ref, axisOf(attrs)),
    max: ([x], attrs) => np.max(x.ref, axisOf(attrs)),
    logSumExp: ([x], attrs) => nn.logsumexp(x.ref, axisOf(attrs)),
    softmax: ([x], attrs) => nn.softmax(x.ref, axisOf(attrs)),
    maxPool2d: ([x]) => pooled(x.ref),
    maxPool2dGrad: ([dz, x]) => pulled(pooled, x.ref, dz),
    // A transpose alone is only a change of view.
    permute: ([x], { axes }) => np.add(np.transpose(x.ref, axes as number[]), 0),
    gather: ([x, index]) => np.take(x.ref, index.ref, 0),
  },
}
