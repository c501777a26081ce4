import { refusal, shown } from './check.ts'
import { checkTensor, describe, Tensor } from './tensor.ts'

/** A tensor, or an array or record of them; gradients come back in the same form. */
export type Tree = Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>
export type Same<T extends Tree> = T extends Tensor ? Tensor : { -readonly [K in keyof T]: Tensor }

export function leaves(xs: Tree): Tensor[] {
  return xs instanceof Tensor ? [xs] : Object.values(xs)
}

export function mapTree<T extends Tree>(xs: T, f: (x: Tensor) => Tensor): Same<T> {
  if (xs instanceof Tensor) return f(xs) as Same<T>
  if (Array.isArray(xs)) return xs.map(f) as Same<T>
  return Object.fromEntries(Object.entries(xs).map(([name, x]) => [name, f(x)])) as Same<T>
}

/** Throws unless `xs` is a tree of tensors; `form` is how the function is called. */
export function checkTree(op: string, xs: unknown, form: string): asserts xs is Tree {
  if (xs instanceof Tensor) return
  if (!Array.isArray(xs) && !(typeof xs === 'object' && xs !== null && isPlain(xs))) {
    throw refusal(op, `a tensor, an array or a record of tensors, as in ${form},`, xs)
  }
  for (const [name, x] of Object.entries(xs)) checkTensor(op, Array.isArray(xs) ? `x${name}` : name, x)
}

/** The leaves of `dxs` in the order of those of `xs`. Throws unless there is one of the same kind for each. */
export function matched(op: string, xs: Tree, dxs: Tree): Tensor[] {
  if (xs instanceof Tensor) return [agreeing(op, 'dx', xs, dxs)]
  const others = dxs as Readonly<Record<string, unknown>>
  const surplus = Object.keys(others).find(name => !Object.hasOwn(xs, name))
  if (surplus !== undefined)
    throw new Error(`${op}: a tensor for each of xs expected, got one more, ${shown(surplus)}`)
  return Object.entries(xs).map(([name, x]) => agreeing(op, name, x, others[name]))
}

function agreeing(op: string, name: string, x: Tensor, dx: unknown): Tensor {
  checkTensor(op, name, dx)
  if (describe(dx) === describe(x)) return dx
  throw new Error(`${op}: ${name} as ${describe(x)}, as what it belongs to, expected, got ${describe(dx)}`)
}

const isPlain = (value: object): boolean =>
  Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null
