import { add, grad, mul, type Shape, sum, type Tensor, tidy } from '../../engine/index.ts'
import { type Arrays, expectAgreement, expectAllAgree, type Packed, unpack, unpackAll } from './cases.ts'

/** A function's value, gradients under a random cotangent, and the gradients of those. */
export interface Case {
  readonly op: string
  readonly options: object
  readonly inputs: Arrays
  readonly z: Packed
  readonly dz?: Packed
  readonly grads?: Arrays
  readonly second?: { readonly v: Arrays; readonly grads: Arrays }
}

export const title = ({ op, inputs, options, second }: Case): string => {
  const shapes = Object.entries(inputs).map(([name, x]) => `${name}[${x.shape as Shape}]`)
  return `${op} ${shapes.join(' ')} ${JSON.stringify(options)}${second ? ', second order' : ''}`
}

/** Computes a case with `f` in float64 and holds all that it records. `leaves` stand for its inputs when given. */
export function replay(
  c: Case,
  f: (inputs: Record<string, Tensor>) => Tensor,
  leaves?: Record<string, Tensor>,
): void {
  tidy(() => {
    const xs = leaves ?? unpackAll(c.inputs, Object.keys(c.grads ?? {}))
    const z = f(xs)
    expectAgreement('value', z, c.z)
    if (c.dz === undefined || c.grads === undefined) return
    const dz = unpack(c.dz, true)
    const watched = Object.fromEntries(Object.keys(c.grads).map(name => [name, xs[name]]))
    const grads = grad(z, watched, dz)
    expectAllAgree('gradient in', grads, c.grads)
    if (c.second === undefined) return
    const { v, grads: expected } = c.second
    const along = Object.keys(v).map(name => sum(mul(grads[name], unpack(v[name]))))
    expectAllAgree('second-order gradient in', grad(along.reduce(add), { ...watched, dz }), expected)
  })
}
