import { pullback } from '../engine/grad.ts'
import {
  add,
  div,
  exp,
  lessEqual,
  logSumExp,
  matmul,
  mul,
  noGrad,
  norm,
  reshape,
  scatterAdd,
  stack,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tensor,
  tidy,
  where,
} from '../engine/index.ts'
import { LEFT_OUT } from '../engine/leftOut.ts'
import { isRecording, nextNode, record } from '../engine/recording.ts'
import type { Node } from '../engine/tensor.ts'
import type { ClassIndices } from './labels.ts'
import { LAST } from './margins/angle.ts'
import type { ClassBlock } from './prototypes/seen.ts'

/** A block of classes, and what its logits get added.  [B] */
export type AddedBlock = ClassBlock & { readonly added?: Tensor }

export interface OthersOptions {
  /** The scale of the logits. */
  readonly s: number
  /** Are they of w_j / ‖w_j‖? */
  readonly unitW: boolean
  /** Where each sample's own class stands. [N] */
  readonly columns: ClassIndices
}

/** Logits of no more bytes are kept for the way back; of more, each block's are computed again. */
const KEPT = 2 ** 26
/** No longer vector has a direction, as in `normalize`. */
const EPS = 1e-12

/**
 * o_i = ln sum_{j != y_i} e^z_ij, z_ij = s <u_i, w_j> + a_j, or s <u_i, w_j / ‖w_j‖> + a_j.  u[N,D] W[S,D] a[S] -> [N]
 *
 * W is visited block by block, and no more than one block's logits are in memory (unless all are few): the log-sums of blocks
 * are summed up, and the way back goes through the blocks again. Gradients of gradients work, and keep all logits.
 */
export function logSumExpOfOthers(u: Tensor, blocks: readonly AddedBlock[], options: OthersOptions): Tensor {
  const run = (keep: boolean) => forward(u, blocks, options, keep)
  const parts = blocks.flatMap(({ W, constant, added }) => [
    ...(constant ? [] : [W()]),
    ...(added ? [added] : []),
  ])
  if (!isRecording() || ![u, ...parts].some(t => t.requiresGrad)) return tidy(() => run(false).o)
  const size = u.shape[0] * blocks.reduce((n, { begin, end }) => n + end - begin, 0)
  const { o, logits } = noGrad(() => tidy(() => run(size * 4 <= KEPT)))
  const value = stopGradient(o)
  const inputs = Object.fromEntries([u, value, ...parts, ...logits].map((t, i) => [`x${i}`, t]))
  const pull: Node['pull'] = (dz, xs, known) => {
    if (!isRecording()) return tidy(() => backward(u, blocks, options, { o: value, logits, dz, xs, known }))
    const since = nextNode()
    const before = new Map(xs.flatMap((x, i) => (known[i] === undefined ? [] : [[x, known[i]] as const])))
    const cotangents = pullback(run(false).o, dz, new Set(xs), { since, known: before })
    return xs.map(x => cotangents.get(x))
  }
  o.array.buffer.refs++
  return record({ name: 'logSumExpOfOthers' }, inputs, {}, o.array, o.backend, pull)
}

function forward(
  u: Tensor,
  blocks: readonly AddedBlock[],
  options: OthersOptions,
  keep: boolean,
): { o: Tensor; logits: Tensor[] } {
  const part = (block: AddedBlock) => {
    const z = logitsOf(u, block, block.W(), options)
    return { sum: logSumExp(z, { axis: 1 }), z: keep ? z : undefined }
  }
  // A graph needs what is made on the way.
  const parts = blocks.map(block => (isRecording() ? part(block) : tidy(() => part(block))))
  const sums = stack(
    parts.map(part => part.sum),
    1,
  )
  return { o: logSumExp(sums, { axis: 1 }), logits: parts.flatMap(({ z }) => z ?? []) }
}

/** The logits of a block, those of the samples' own classes left out.  [N,B] */
function logitsOf(u: Tensor, block: AddedBlock, W: Tensor, { s, unitW, columns }: OthersOptions): Tensor {
  const { begin, end, added } = block
  const { dtype, backend } = u
  const products = matmul(u, W, { transposeB: true })
  const factor = unitW ? reshape(mul(inverseNorms(W), s), [-1]) : s
  const z = factor === 1 ? products : mul(products, factor)
  const within = Array.from(columns, c => c >= begin && c < end)
  const index = tensor(
    Int32Array.from(columns, (c, i) => (within[i] ? c - begin : 0)),
    { shape: [columns.length, 1], backend },
  )
  const leftOut = tensor(
    Float64Array.from(within, own => (own ? LEFT_OUT : 0)),
    { shape: [columns.length, 1], dtype, backend },
  )
  return scatterAdd(added === undefined ? z : add(z, added), index, leftOut)
}

/** 1 / ‖w_j‖, and 0 where w_j has no direction.  W[B,D] -> [B,1] */
function inverseNorms(W: Tensor): Tensor {
  const length = norm(W, LAST)
  const none = lessEqual(length, EPS)
  return where(none, 0, div(1, where(none, 1, length)))
}

interface Way {
  readonly o: Tensor
  readonly logits: readonly Tensor[]
  readonly dz: Tensor
  readonly xs: readonly Tensor[]
  readonly known: readonly (Tensor | undefined)[]
}

/**
 * With g_ij = do_i e^(z_ij - o_i) and f_j = s / ‖w_j‖:  du = (g f) W,  da_j = sum_i g_ij,
 * dw_j = sum_i g_ij f_j u_i - (sum_i g_ij s cos_ij ‖u_i‖) w_j / ‖w_j‖^2; without the second term where lengths count.
 */
function backward(
  u: Tensor,
  blocks: readonly AddedBlock[],
  options: OthersOptions,
  { o, logits, dz, xs, known }: Way,
): (Tensor | undefined)[] {
  const totals = new Map(xs.map((x, i) => [x, known[i]]))
  const give = (x: Tensor, dx: () => Tensor): void => {
    if (!totals.has(x)) return
    const before = totals.get(x)
    totals.set(x, before === undefined ? dx() : add(before, dx()))
  }
  const column = (t: Tensor): Tensor => reshape(t, [t.size, 1])
  blocks.forEach((block, k) => {
    const { constant, added } = block
    const before = new Map(totals)
    tidy(() => {
      const W = block.W()
      const z = logits[k] ?? logitsOf(u, block, W, options)
      const g = mul(exp(sub(z, column(o))), column(dz))
      const inverse = options.unitW ? inverseNorms(W) : undefined
      const factor = inverse === undefined ? options.s : reshape(mul(inverse, options.s), [-1])
      const gf = factor === 1 ? g : mul(g, factor)
      give(u, () => matmul(gf, W))
      if (added !== undefined) give(added, () => sum(g, { axis: 0 }))
      if (!constant) {
        give(W, () => {
          const along = matmul(gf, u, { transposeA: true })
          if (inverse === undefined) return along
          const cosines = added === undefined ? z : sub(z, added)
          const share = column(sum(mul(g, cosines), { axis: 0 }))
          return sub(along, mul(W, mul(share, mul(inverse, inverse))))
        })
      }
      return [...totals.values()].filter(t => t !== undefined)
    })
    for (const [x, t] of before) if (t !== undefined && totals.get(x) !== t && !known.includes(t)) t.dispose()
  })
  return xs.map(x => totals.get(x))
}
