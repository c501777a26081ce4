import type { Backend } from '../engine/backends/backend.ts'
import {
  add,
  argmax,
  gather,
  matmul,
  mul,
  norm,
  normalize,
  reshape,
  scatter,
  scatterAdd,
  stopGradient,
  sub,
  type Tensor,
  take,
  tensor,
} from '../engine/index.ts'
import { memo } from '../engine/memo.ts'
import { format, type Shape, sameShape } from '../engine/shape.ts'
import { checkTensor } from '../engine/tensor.ts'
import { type ClassIndices, labelIndex } from './labels.ts'
import { type Angle, angleBetween, LAST, type Pair } from './margins/angle.ts'
import type { Batch, Margin, Memory, RememberedBatch } from './margins/margin.ts'
import { lambdaAt } from './margins/multiplicative.ts'

/** What logits depend on besides x, W and y. */
export interface Given {
  /** The number of updates so far. */
  readonly t: number
  /** What the margin remembers. */
  readonly memory: Memory
  /** K: rows j K to j K + K - 1 of W are the sub-centres of class j. */
  readonly subCenters: number
}

/** x and W, at length 1 where the margin leaves their norms out. */
const scaled = ({ unitX, unitW }: Margin, x: Tensor, W: Tensor) => ({
  u: unitX ? normalize(x) : x,
  V: unitW ? normalize(W) : W,
})

/** The factor of the logits. */
export const scaleAt = (margin: Margin, memory: Memory): number | Tensor =>
  margin.scale === undefined ? margin.s : margin.scale(memory)

const times = (z: Tensor, s: number | Tensor): Tensor => (s === 1 ? z : mul(z, s))

/**
 * s <u_i, v_j>. What has length 1 is scaled before: N x D numbers in the place of N x C, on the way there and back.
 * u[N,D] V[R,D] -> [N,R]
 */
function scaledProducts({ unitX }: Margin, u: Tensor, V: Tensor, s: number | Tensor): Tensor {
  const transposed = { transposeB: true }
  return unitX ? matmul(times(u, s), V, transposed) : times(matmul(u, V, transposed), s)
}

/** The cosines, or products, of each class: of its nearest sub-centre where it has several.  [N,C K] -> [N,C] */
function ofClasses(products: Tensor, K: number): Tensor {
  if (K === 1) return products
  const [n, rows] = products.shape
  const each = reshape(products, [n, rows / K, K])
  return reshape(gather(each, argmax(each, { keepDims: true })), [n, rows / K])
}

/** Which row of W[C K,D] stands for the own class of each sample: its nearest sub-centre.  products[N,C K] -> [N] */
function ownRows(products: () => Tensor, columns: ClassIndices, K: number, backend: Backend): Tensor {
  if (K === 1) return reshape(labelIndex(columns, backend), [-1])
  const rows = Int32Array.from(
    { length: columns.length * K },
    (_, i) => columns[Math.floor(i / K)] * K + (i % K),
  )
  const own = tensor(rows, { shape: [columns.length, K], backend })
  const nearest = argmax(gather(products(), own), { keepDims: true })
  return reshape(gather(own, nearest), [-1])
}

/** z_j = s ‖x‖ ‖w_j‖ cos theta_j, without the norms that the margin leaves out; checked before.  x[N,D] W[C K,D] -> [N,C] */
export function unbentLogits(margin: Margin, x: Tensor, W: Tensor, { memory, subCenters }: Given): Tensor {
  const { u, V } = scaled(margin, x, W)
  return ofClasses(scaledProducts(margin, u, V, scaleAt(margin, memory)), subCenters)
}

/** The logits of a margin, checked before, where the class y_i of a sample is the one of number `columns_i` in W. */
export function bentLogits(
  margin: Margin,
  x: Tensor,
  W: Tensor,
  y: ClassIndices,
  columns: ClassIndices,
  given: Given,
): Tensor {
  const { unitX, unitW } = margin
  if (!bends(margin)) return unbentLogits(margin, x, W, given)
  const K = given.subCenters
  const s = scaleAt(margin, given.memory)
  const { u, V } = scaled(margin.others === undefined ? margin : { ...margin, unitX: true }, x, W)
  const products = memo<void, Tensor>(() =>
    margin.others === undefined ? scaledProducts(margin, u, V, s) : matmul(u, V, { transposeB: true }),
  )
  const index = labelIndex(columns, x.backend)
  const rows = memo<void, Tensor>(() => ownRows(() => stopGradient(products()), columns, K, x.backend))
  const w = memo<void, Tensor>(() => take(W, rows()))
  const pair = memo<void, Pair>(() => {
    const v = unitW ? take(V, rows()) : normalize(w())
    return { x, w: () => w(), u: unitX ? u : normalize(x), v }
  })
  const target = { x, w: () => w(), pair }
  // Looked up before the product: its gradient then comes last, and is added to rows of the product's in place of C x D numbers.
  if (K === 1) pair()
  const all = ofClasses(products(), K)
  // The own class's cosine comes anew from x and w: out of `all`, its gradient would be another N x C numbers.
  if (margin.others !== undefined) {
    const z = times(bentCosines(margin, target, { all, index, y }, given), s)
    return unitX ? z : mul(z, norm(x, LAST))
  }
  return scatterAdd(all, index, targetChange(margin, target, y, given))
}

type Bending = Margin & (Required<Pick<Margin, 'psi'>> | Required<Pick<Margin, 'others'>>)

/** Is any logit another than the plain one? */
export const bends = (margin: Margin): margin is Bending =>
  margin.psi !== undefined || margin.others !== undefined

/** Each sample and the prototype of its class. */
interface Target {
  readonly x: Tensor
  readonly w: () => Tensor
  readonly pair: () => Pair
}

/** What a margin may know of these x besides their angles. */
export function batchOf(
  { normDetached = false }: Pick<Margin, 'normDetached'>,
  x: Tensor,
  { t, memory }: Pick<Given, 't' | 'memory'>,
): Batch {
  const length = memo<void, Tensor>(() => norm(normDetached ? stopGradient(x) : x, LAST))
  return { norm: () => length(), t, memory }
}

/** The same of a batch that a margin is to remember.  x[N,D] W[C K,D] y[N] */
export function rememberedBatch(
  margin: Pick<Margin, 'normDetached'>,
  x: Tensor,
  W: Tensor,
  y: ClassIndices,
  given: Given,
): RememberedBatch {
  const K = given.subCenters
  const index = labelIndex(y, x.backend)
  const u = memo<void, Tensor>(() => normalize(x))
  const cosines = (s: number | Tensor = 1): Tensor =>
    ofClasses(matmul(times(u(), s), normalize(W), { transposeB: true }), K)
  const pair = memo<void, Pair>(() => {
    const w = take(W, reshape(index, [-1]))
    return { x, w: () => w, u: u(), v: normalize(w) }
  })
  const angle = memo<void, Angle>(() => angleBetween(() => pair()))
  const cosTheta = (): Tensor => (K === 1 ? angle().cosTheta : gather(cosines(), index))
  return { ...batchOf(margin, x, given), cosTheta, cosines, angle: () => angle(), y }
}

/** By how much the logit of each target differs from the plain one.  [N,1] */
export function targetChange(
  margin: Margin,
  { x, w, pair }: Target,
  y: ClassIndices,
  given: Pick<Given, 't' | 'memory'>,
): Tensor {
  const { unitX, unitW, annealing, detached } = margin
  const s = scaleAt(margin, given.memory)
  const angle = angleBetween(pair)
  const { cosTheta } = angle
  const lambda = annealing === undefined ? 0 : lambdaAt(annealing, given.t)
  const bend = sub(psiOf(margin, angle, y, batchOf(margin, x, given)), cosTheta)
  let change = mul(detached ? stopGradient(bend) : bend, typeof s === 'number' ? s / (1 + lambda) : s)
  if (!unitX) change = mul(change, norm(x, LAST))
  if (!unitW) change = mul(change, norm(w(), LAST))
  return change
}

/** psi(theta) of the targets.  [N,1] */
function psiOf({ psi }: Margin, angle: Angle, y: ClassIndices, batch: Batch): Tensor {
  if (psi === undefined) return angle.cosTheta
  const own = psi(angle, y, batch)
  checkShape('psi', own, [y.length, 1])
  return own
}

/** Throws unless a function of a margin gives an element for each of those that it is given. */
function checkShape(op: string, z: Tensor, expected: Shape): void {
  checkTensor(op, "the margin's value", z)
  if (!sameShape(z.shape, expected))
    throw new Error(`${op}: the margin's value of shape ${format(expected)} expected, got ${format(z.shape)}`)
}

/** What stands for the cosines of all classes, the own class's psi among them.  [N,C] */
function bentCosines(
  margin: Margin,
  { x, pair }: Target,
  { all, index, y }: { all: Tensor; index: Tensor; y: ClassIndices },
  given: Given,
): Tensor {
  const angle = angleBetween(pair)
  const batch = batchOf(margin, x, given)
  const own = psiOf(margin, angle, y, batch)
  const rest = margin.others === undefined ? all : margin.others(all, angle, batch)
  checkShape('others', rest, all.shape)
  const bent = scatter(rest, index, own)
  return margin.detached ? add(all, stopGradient(sub(bent, all))) : bent
}
