import {
  type ArgOptions,
  abs,
  add,
  argmax,
  argmin,
  cumsum,
  div,
  log,
  logSumExp,
  max,
  mean,
  min,
  mul,
  norm,
  prod,
  type ReduceOptions,
  sqrt,
  sub,
  sum,
  type Tensor,
  topk,
  variance,
} from '../../../../engine/index.ts'
import { type Node, number, numbers, type Said } from '../node.ts'

export const REDUCTIONS: Readonly<Record<string, Said>> = {
  ArgMax: ([x], node) => argmax(x, one(node)),
  ArgMin: ([x], node) => argmin(x, one(node)),
  CumSum: ([x, axis], node) =>
    cumsum(x, { axis: number(axis), exclusive: node.flag('exclusive'), reverse: node.flag('reverse') }),
  MeanVarianceNormalization: ([x], node) => {
    const over = { axis: node.ints('axes') ?? [0, 2, 3], keepDims: true }
    return div(sub(x, mean(x, over)), add(sqrt(variance(x, over)), 1e-9))
  },
  ReduceL1: ([x, axes], node) => sum(abs(x), over(node, axes)),
  ReduceL2: ([x, axes], node) => norm(x, over(node, axes)),
  ReduceLogSum: ([x, axes], node) => log(sum(x, over(node, axes))),
  ReduceLogSumExp: ([x, axes], node) => logSumExp(x, over(node, axes)),
  ReduceMax: ([x, axes], node) => max(x, over(node, axes)),
  ReduceMean: ([x, axes], node) => mean(x, over(node, axes)),
  ReduceMin: ([x, axes], node) => min(x, over(node, axes)),
  ReduceProd: ([x, axes], node) => prod(x, over(node, axes)),
  ReduceSum: ([x, axes], node) => sum(x, over(node, axes)),
  ReduceSumSquare: ([x, axes], node) => sum(mul(x, x), over(node, axes)),
  TopK: ([x, k], node) => {
    const options = { axis: node.int('axis', -1), largest: node.flag('largest', true) }
    const { values, indices } = topk(x, number(k), options)
    return [values, indices]
  },
}

const one = (node: Node): ArgOptions => ({
  axis: node.int('axis'),
  keepDims: node.flag('keepdims', true),
  selectLast: node.flag('select_last_index'),
})

/** The axes stand in an attribute or, later, in an input; none are all, or where the node says so none. */
function over(node: Node, axes: Tensor | undefined): ReduceOptions {
  const given = node.ints('axes') ?? (axes === undefined ? [] : numbers(axes))
  const all = given.length === 0 && !node.flag('noop_with_empty_axes')
  return { axis: all ? undefined : given, keepDims: node.flag('keepdims', true) }
}
