import { checkFunction, refusal } from '../check.ts'
import { tensor } from '../create.ts'
import { grad } from '../grad.ts'
import { add, mul } from '../ops/arithmetic.ts'
import { sum } from '../ops/reduce.ts'
import { noGrad } from '../recording.ts'
import { type Shape, sizeOf } from '../shape.ts'
import { describe, Tensor } from '../tensor.ts'
import { tidy } from '../tidy.ts'
import { checkTree, eachTensor, mapTree, type Same, type Tree } from '../tree.ts'

interface Variable {
  readonly name: string
  readonly shape: Shape
}

/** A function of several arrays and its pullback at one point, in plain numbers; its outputs stand in one line. */
export interface Differentiable {
  readonly order: 1 | 2
  readonly inputs: readonly Variable[]
  readonly outputs: readonly Variable[]
  readonly point: readonly Float64Array[]
  evaluate(point: readonly Float64Array[]): Float64Array
  /** J^T u at `point`, an array for each input. */
  pull(u: Float64Array): Float64Array[]
}

/** f, with the values and the names of its inputs. Throws when an input is not a float64 tensor. */
export interface Traced {
  readonly inputs: readonly Variable[]
  readonly output: Variable
  readonly point: readonly Float64Array[]
  readonly f: (xs: readonly Tensor[]) => Tensor
  leaf(values: Float64Array, shape: Shape): Tensor
}

export function trace<T extends Tree>(f: (xs: Same<T>) => Tensor, xs: T): Traced {
  checkFunction('gradcheck', 'f', f)
  checkTree('gradcheck', xs, 'gradcheck(f, x)')
  const tensors: Tensor[] = []
  const inputs: Variable[] = []
  eachTensor(xs, (x, path) => {
    tensors.push(x)
    inputs.push({ name: path(), shape: x.shape })
  })
  if (tensors.length === 0) throw new Error('gradcheck: at least one input expected, got none')
  for (let i = 0; i < tensors.length; i++) checkFloat64(`input ${inputs[i].name}`, tensors[i])
  const { backend } = tensors[0]
  const call = (args: readonly Tensor[]): Tensor => {
    let i = 0
    const y = f(mapTree(xs, () => args[i++]))
    checkFloat64("f's value", y)
    return y
  }
  const shape = tidy(() => noGrad(() => call(tensors)).shape)
  return {
    inputs,
    output: { name: 'f', shape },
    point: tensors.map(x => x.dataSync<Float64Array>()),
    f: call,
    leaf: (values, shape) => tensor(values, { shape, backend, requiresGrad: true }),
  }
}

/** x -> f(x), pulled back by `grad`. */
export function firstOrder({ f, inputs, output, point, leaf }: Traced): Differentiable {
  const leaves = (values: readonly Float64Array[]) => values.map((v, i) => leaf(v, inputs[i].shape))
  return {
    order: 1,
    inputs,
    outputs: [output],
    point,
    evaluate: at => tidy(() => numbers([noGrad(() => f(leaves(at)))])),
    pull: u =>
      tidy(() => {
        const xs = leaves(point)
        return gradients(f(xs), xs, leaf(u, output.shape)).map(dx => numbers([dx]))
      }),
  }
}

/** The pullback of f, (x, u) -> J(x)^T u, pulled back by `grad` of `grad`. */
export function secondOrder({ f, inputs, output, point, leaf }: Traced, u: Float64Array): Differentiable {
  const variables = [...inputs, { name: 'u', shape: output.shape }]
  const leaves = (values: readonly Float64Array[]) => values.map((v, i) => leaf(v, variables[i].shape))
  return {
    order: 2,
    inputs: variables,
    outputs: inputs.map(x => ({ name: `df/d${x.name}`, shape: x.shape })),
    point: [...point, u],
    evaluate: at =>
      tidy(() => {
        const xs = leaves(at)
        const dy = xs.pop() as Tensor
        return numbers(gradients(f(xs), xs, dy))
      }),
    pull: w =>
      tidy(() => {
        const xs = leaves([...point, u])
        const dy = xs[inputs.length]
        const targets = xs.slice(0, -1)
        const y = f(targets)
        let start = 0
        const weighted = (y.requiresGrad ? grad(y, targets, dy) : []).map(dx => {
          const part = w.slice(start, start + dx.size)
          start += dx.size
          return sum(mul(dx, tensor(part, { shape: dx.shape, backend: dx.backend })))
        })
        const total = weighted.reduce(add, leaf(new Float64Array(1), []))
        return gradients(total, xs, leaf(Float64Array.of(1), [])).map(dx => numbers([dx]))
      }),
  }
}

/** The gradients of y in xs, without a graph; zeros when y does not depend on anything. */
function gradients(y: Tensor, xs: readonly Tensor[], dy: Tensor): readonly Tensor[] {
  if (!y.requiresGrad)
    return xs.map(x => tensor(new Float64Array(x.size), { shape: x.shape, backend: x.backend }))
  return noGrad(() => grad(y, xs, dy))
}

function numbers(ts: readonly Tensor[]): Float64Array {
  const all = new Float64Array(ts.reduce((n, t) => n + t.size, 0))
  let at = 0
  for (const t of ts) {
    all.set(t.dataSync(), at)
    at += t.size
  }
  return all
}

function checkFloat64(what: string, x: unknown): void {
  if (!(x instanceof Tensor)) throw refusal('gradcheck', `${what} as a tensor`, x)
  if (x.dtype !== 'float64') {
    throw new Error(
      `gradcheck: ${what} is float64, for finite differences to see anything, got ${describe(x)}`,
    )
  }
}

export const sizeOfOutputs = (F: Differentiable): number =>
  F.outputs.reduce((n, { shape }) => n + sizeOf(shape), 0)
