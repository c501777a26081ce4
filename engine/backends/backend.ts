import { refusal } from '../check.ts'
import type { Shape } from '../shape.ts'

/** Elements of a tensor: `int32` holds indices and carries no gradient. */
export type DType = 'float32' | 'float64' | 'int32'
export type TypedArray = Float32Array | Float64Array | Int32Array

/** Memory that a backend owns; `refs` counts the tensors that look at it. */
export interface Buffer {
  refs: number
}

/** Values on a backend, row-major and contiguous, without a graph. */
export interface NDArray {
  readonly shape: Shape
  readonly dtype: DType
  readonly buffer: Buffer
}

export type Unary =
  | 'neg'
  | 'exp'
  | 'log'
  | 'log1p'
  | 'expm1'
  | 'sqrt'
  | 'rsqrt'
  | 'abs'
  | 'sign'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'trunc'
  | 'sin'
  | 'cos'
  | 'acos'
  | 'asin'
  | 'atan'
  | 'tanh'
  | 'sigmoid'
  | 'softplus'
  | 'relu'
  | 'erf'
  | 'erfc'
export type Binary =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'pow'
  | 'fmod'
  | 'remainder'
  | 'atan2'
  | 'maximum'
  | 'minimum'
  | 'equal'
  | 'notEqual'
  | 'less'
  | 'lessEqual'
  | 'greater'
  | 'greaterEqual'
/** What `scatter` makes of an element and those that are sent to it. */
export type Scatter = 'set' | 'mul' | 'max' | 'min'
export type Reduction = 'sum' | 'max' | 'min' | 'norm' | 'logSumExp'

/** A window that slides over the two middle axes of NHWC: what convolution and pooling share. */
export interface Window {
  readonly kernel: readonly [number, number]
  readonly stride: readonly [number, number]
  readonly padding: readonly [number, number]
  readonly dilation: readonly [number, number]
  /** Input and output heights and widths. */
  readonly input: readonly [number, number]
  readonly output: readonly [number, number]
}

export interface Convolution extends Window {
  readonly batch: number
  readonly groups: number
  readonly inChannels: number
  readonly outChannels: number
}

/** What Adam trains and its moments, all of one shape: of v the largest so far too, where that counts. */
export interface AdamState<T> {
  readonly p: T
  readonly m: T
  readonly v: T
  readonly largest?: T
}

/** What its steps have in common: the decay rates of m and v, what is added to the root of v, and an L2 penalty, 0 for none. */
export interface AdamConstants {
  readonly b1: number
  readonly b2: number
  readonly eps: number
  readonly decay: number
}

/** p <- shrink p - rate m / (root sqrt(v) + eps) */
export interface AdamStep {
  readonly shrink: number
  readonly root: number
  readonly rate: number
}

/** What SGD trains, and its momentum where it has one, both of one shape. */
export interface SgdState<T> {
  readonly p: T
  readonly b?: T
}

/** With g the gradient plus `decay` p: b <- momentum b + share g; p <- p - rate b, with Nesterov p - rate (momentum b + g). */
export interface SgdStep {
  readonly decay: number
  readonly momentum: number
  readonly share: number
  readonly nesterov: boolean
  readonly rate: number
}

/**
 * What a backend must be able to compute; every op is made of these. Shapes were checked before: a kernel may
 * trust them. Each kernel returns a new buffer and leaves its arguments as they were.
 */
export interface Backend {
  readonly name: string
  readonly dtypes: readonly DType[]
  /** It answers `readSync`; else values come by `read` alone. */
  readonly synchronous: boolean
  /** Bytes of its memory in use, where it counts them. */
  readonly used?: number

  /** A copy of `values` on the backend. */
  upload(values: TypedArray, shape: Shape, dtype: DType): NDArray
  /** A copy of these rows of `values`, where it takes them one by one.  values[R,D] rows[n] -> [n,D] */
  uploadRows?(values: TypedArray, rows: Int32Array, width: number, dtype: DType): NDArray
  /** A copy of the values on the host. */
  read(x: NDArray): Promise<TypedArray>
  /** The same, at once; throws where the backend cannot. */
  readSync(x: NDArray): TypedArray
  /** The values themselves, to be read, or written where nothing has read them: until the backend is asked for anything else. */
  valuesInPlace?(x: NDArray): TypedArray
  free(buffer: Buffer): void
  /** Told of a buffer that no `tidy` will free: the garbage collector has to bring it back. */
  leaveToCollector?(buffer: Buffer): void
  /** The same of a buffer that is read over and over: it stays where kernels read it, or moves back there for good. */
  holdInMemory?(buffer: Buffer): void
  /** Are its values where kernels read them? */
  isInMemory?(buffer: Buffer): boolean
  /** The same, and what convolutions make of it as weights stays with it until it is freed, in memory of its own. */
  keepTransforms?(buffer: Buffer): void

  /** The values in another dtype of the backend's; int32 drops the fraction, and throws on what it does not hold. */
  cast(x: NDArray, dtype: DType): NDArray
  fill(value: number, shape: Shape, dtype: DType): NDArray
  unary(f: Unary, x: NDArray): NDArray
  /** Both operands broadcast to `shape`. Comparisons give 1 where they hold, else 0. */
  binary(f: Binary, x: NDArray, y: NDArray, shape: Shape): NDArray
  /** x where `condition` is not 0, else y; all three broadcast to `shape`. */
  where(condition: NDArray, x: NDArray, y: NDArray, shape: Shape): NDArray
  broadcastTo(x: NDArray, shape: Shape): NDArray
  /** Over `axes`; `shape` is x's without them, or with size 1 in their places. `norm` is the Euclidean length; it and `logSumExp` do not overflow. */
  reduce(f: Reduction, x: NDArray, axes: readonly number[], shape: Shape): NDArray
  /** Index of the first largest element along `axis`; int32. */
  argmax(x: NDArray, axis: number, shape: Shape): NDArray
  /** Indices of the k largest elements along `axis`, or the smallest, in order, of equals the first first; NaN is the largest; int32. */
  topk(x: NDArray, k: number, axis: number, largest: boolean): NDArray

  /** z[i] = x[begin + i * step], each axis; `step` is not 0, and below it goes backwards. */
  slice(x: NDArray, begin: readonly number[], step: readonly number[], shape: Shape): NDArray
  /** The adjoint of slice: x placed at begin + i * step in an array of `value`. */
  interiorPad(
    x: NDArray,
    begin: readonly number[],
    step: readonly number[],
    shape: Shape,
    value: number,
  ): NDArray
  /** z's axis i is x's axis axes[i]. */
  permute(x: NDArray, axes: readonly number[]): NDArray
  concat(xs: readonly NDArray[], axis: number): NDArray

  /** z[.., i, ..] = x[.., index[.., i, ..], ..] along `axis`; throws on an index out of range. */
  gather(x: NDArray, index: NDArray, axis: number): NDArray
  /** z[.., i, ..] = x[.., index[i], ..] along `axis`; throws on an index out of range. */
  take(x: NDArray, index: NDArray, axis: number, shape: Shape): NDArray
  /** z = x, then z[.., index[.., i, ..], ..] += src[.., i, ..] in the order of i. */
  scatterAdd(x: NDArray, index: NDArray, src: NDArray, axis: number): NDArray
  /** The same with = (the last one stays), *=, max or min in the place of +=. */
  scatter(f: Scatter, x: NDArray, index: NDArray, src: NDArray, axis: number): NDArray
  /**
   * index[..,K], -n..n-1 along axes of these sizes n, negative ones from the end -> [..]: their places in an array of these
   * sizes; throws on an index out of range, by the name of `op`. Undefined where the index, K = 1, is that already.
   */
  ravelIndex(op: string, index: NDArray, sizes: readonly number[], shape: Shape): NDArray | undefined

  /** z = op(a) op(b) over the last two axes, op a transpose or nothing; leading axes broadcast to `shape`'s. */
  matmul(a: NDArray, b: NDArray, transposeA: boolean, transposeB: boolean, shape: Shape): NDArray

  /**
   * x[N,H,W,C], w[KH,KW,C/groups,O] -> [N,P,Q,O]: a cross-correlation, as everywhere in deep learning; bias[O] is
   * added where there is one.
   */
  conv2d(x: NDArray, w: NDArray, g: Convolution, bias?: NDArray): NDArray
  /** The adjoint of conv2d in x: dz[N,P,Q,O], w -> [N,H,W,C]. */
  conv2dInputGrad(dz: NDArray, w: NDArray, g: Convolution): NDArray
  /** The adjoint of conv2d in w: x, dz -> [KH,KW,C/groups,O]. */
  conv2dWeightGrad(x: NDArray, dz: NDArray, g: Convolution): NDArray

  /** For each window of x, the value of v at the place where x is largest (the first of equals). */
  maxPool2d(v: NDArray, x: NDArray, g: Window): NDArray
  /** The adjoint of maxPool2d in v: dz goes to where x is largest in its window. */
  maxPool2dGrad(dz: NDArray, x: NDArray, g: Window): NDArray
  /** Sum over each window divided by the window's area; what lies in the padding counts as 0. */
  avgPool2d(x: NDArray, g: Window): NDArray
  /** The adjoint of avgPool2d. */
  avgPool2dGrad(dz: NDArray, g: Window): NDArray

  // What ops compose of the above, and a backend may do in one: it is where training spends its time.
  /** The sum of each array, or its Euclidean length, one after another: of float32, of any shapes -> [n]. */
  reduceEach?(f: 'sum' | 'norm', xs: readonly NDArray[]): NDArray
  /** y (x > 0): relu's gradient. Both broadcast to `shape`. */
  reluGrad?(y: NDArray, x: NDArray, shape: Shape): NDArray
  /**
   * conv2d with a bias, then max(z, 0), or with slopes z where z > 0, else slope z: one slope, or one for each channel of
   * the output.
   */
  conv2dActivated?(x: NDArray, w: NDArray, g: Convolution, bias: NDArray, slope?: NDArray): NDArray
  /** x where x > 0, else slope x. Both broadcast to `shape`. */
  prelu?(x: NDArray, slope: NDArray, shape: Shape): NDArray
  /** y where x > 0, else slope y, with one slope or one a channel, the last axis: y[...,C] x[...,C] slope[C] -> [...,C]. */
  preluGrad?(y: NDArray, x: NDArray, slope: NDArray): NDArray
  /** The sums of y x where x is not above 0, of each channel, or where `shape` has one element of all: y[...,C] x[...,C] -> shape. */
  preluSlopeGrad?(y: NDArray, x: NDArray, shape: Shape): NDArray
  /** alpha x + beta y, both of one shape. */
  scaledSum?(x: NDArray, alpha: number, y: NDArray, beta: number): NDArray
  /** Over the last axis. */
  softmax?(x: NDArray): NDArray
  /** x / ‖x‖ over the last axis, and 0 where ‖x‖ <= eps; undefined where its rows are better composed. */
  normalize?(x: NDArray, eps: number): NDArray | undefined
  /** Its gradient, of y: (y - z <y, z>) / ‖x‖, z = x / ‖x‖; y[...,D] x[...,D] -> [...,D]. */
  normalizeGrad?(y: NDArray, x: NDArray, eps: number): NDArray | undefined
  /**
   * Steps of Adam one after another, each by the gradient g, or by 0 without one. With `first`, row i of p[R,D] takes those from
   * number first[i] on.
   */
  adam?(
    state: AdamState<NDArray>,
    g: NDArray | undefined,
    constants: AdamConstants,
    steps: readonly AdamStep[],
    first?: Int32Array,
  ): AdamState<NDArray>
  /** A step of SGD by the gradient g. */
  sgd?(state: SgdState<NDArray>, g: NDArray, step: SgdStep): SgdState<NDArray>
  /** l_i = ln sum over j of e^(z_ij - z_iy), z[N,C] y[N,1] -> [N]; throws on an index out of range. */
  softmaxCrossEntropy?(z: NDArray, y: NDArray): NDArray
  /** Its gradient in z, dl_i (e^(z_ij - z_iy - l_i) - [j = y]): dl[N] z[N,C] y[N,1] l[N] -> [N,C]. */
  softmaxCrossEntropyGrad?(dl: NDArray, z: NDArray, y: NDArray, l: NDArray): NDArray
  /** l_i = positive ln(1 + e^-z_iy) + negative sum over j != y of ln(1 + e^z_ij), z[N,C] y[N,1] -> [N]; throws on an index out of range. */
  oneVsRestCrossEntropy?(z: NDArray, y: NDArray, positive: number, negative: number): NDArray
  /** Its gradient in z: dl[N] z[N,C] y[N,1] -> [N,C]. */
  oneVsRestCrossEntropyGrad?(dl: NDArray, z: NDArray, y: NDArray, positive: number, negative: number): NDArray
  /** x > bound ? a + b x + c x^2 : x, x[N,C] bound[N,1] a[] b[] c[] -> [N,C]. */
  quadraticAbove?(x: NDArray, bound: NDArray, a: NDArray, b: NDArray, c: NDArray): NDArray
  /** x > bound ? y (b + 2 c x) : y, its gradient: y[N,C] x[N,C] bound[N,1] b[] c[] -> [N,C]. */
  quadraticAboveGrad?(y: NDArray, x: NDArray, bound: NDArray, b: NDArray, c: NDArray): NDArray
  /** factor max(x + shift, 0)^power + constant. */
  shiftedPower?(
    x: NDArray,
    of: {
      readonly shift: number
      readonly power: number
      readonly factor: number
      readonly constant: number
    },
  ): NDArray
  /** Mean and variance of each channel, the last axis: x[...,C] -> [2,C]. */
  moments?(x: NDArray): NDArray
  /** The sums of y and of y (x - m) in each channel: y[...,C] x[...,C] m[C] -> [2,C]. */
  channelSums?(y: NDArray, x: NDArray, m: NDArray): NDArray
  /** a (x - m) + c in each channel: x[...,C] m[C] a[C] c[C] -> [...,C]. */
  scaleShift?(x: NDArray, m: NDArray, a: NDArray, c: NDArray): NDArray
  /** The same and b y: y[...,C] b[C]. */
  scaleShiftAdd?(x: NDArray, m: NDArray, a: NDArray, c: NDArray, y: NDArray, b: NDArray): NDArray
}

/** Throws unless `value` is a backend: above all, a backend that is still to come is none. */
export function checkBackend(op: string, value: unknown): asserts value is Backend {
  const given = value as Partial<Backend> | null | undefined
  if (typeof given === 'object' && typeof given?.upload === 'function') return
  throw refusal(op, 'a backend, such as backend("wasm") or await gpu(),', value)
}

// TypeScript has these since 5.2, under lib esnext.disposable alone: there they are the same.
declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol
  }
  interface Disposable {
    [Symbol.dispose](): void
  }
}
