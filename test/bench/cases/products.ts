import type { Case, Input } from './case.ts'

/** What a group of cases has in common. */
export type Common = Pick<Case, 'tolerance' | 'budget' | 'limit' | 'warmUp'>

/** C[m,n] = A[m,k] B[k,n], one of them transposed or neither. */
export function product(common: Common, m: number, n: number, k: number, transposes = ''): Case {
  const [transposeA, transposeB] = [transposes === 'At', transposes === 'Bt']
  return {
    ...common,
    name: m === n && n === k ? `matmul ${m}` : `matmul ${m}x${n}x${k} ${transposes}`.trim(),
    op: 'matmul',
    inputs: [{ shape: transposeA ? [k, m] : [m, k] }, { shape: transposeB ? [n, k] : [k, n] }],
    attrs: { transposeA, transposeB },
    flops: 2 * m * n * k,
  }
}

export interface Geometry {
  readonly batch: number
  /** Channels and size of the image, channels of the result. */
  readonly c: number
  readonly size: number
  readonly o: number
  readonly kernel: number
  readonly stride: number
}

/** A convolution and its two gradients. */
export function convolutions(common: Common, { batch, c, size, o, kernel, stride }: Geometry): Case[] {
  const out = Math.ceil(size / stride)
  const x: Input = { shape: [batch, size, size, c], layout: 'NHWC' }
  const z: Input = { shape: [batch, out, out, o], layout: 'NHWC' }
  const w: Input = { shape: [kernel, kernel, c, o], layout: 'HWIO' }
  const title = `conv ${c}x${size}x${size}->${o} ${kernel}x${kernel}${stride === 1 ? '' : ` stride ${stride}`}`
  const attrs = { stride, padding: (kernel - 1) / 2, kernel, xShape: x.shape, wShape: w.shape }
  const rest = { ...common, attrs, flops: 2 * batch * out * out * o * kernel * kernel * c }
  return [
    { ...rest, op: 'conv2d', name: `${title} forward`, inputs: [x, w], outputLayout: 'NHWC' },
    { ...rest, op: 'conv2dInputGrad', name: `${title} dx`, inputs: [z, w], outputLayout: 'NHWC' },
    { ...rest, op: 'conv2dWeightGrad', name: `${title} dw`, inputs: [x, z], outputLayout: 'HWIO' },
  ]
}
