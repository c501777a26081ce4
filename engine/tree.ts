import { refusal } from './check.ts'
import { type Branch, eachLeaf, isBranch, put, step } from './nested.ts'
import { checkTensor, describe, Tensor } from './tensor.ts'

/** A tensor, or arrays and plain objects of tensors, nested to any depth; gradients come back in the same form. */
export type Tree = Tensor | readonly Tree[] | { readonly [name: string]: Tree }
export type Same<T> = Tree extends T
  ? Tree
  : T extends Tensor
    ? Tensor
    : { -readonly [K in keyof T]: Same<T[K]> }

/** `f` of each tensor, in order and in the tree's form; `path` names the tensor then, as errors do. By a stack of its own, as `eachLeaf`. */
export function mapTree<T extends Tree>(xs: T, f: (x: Tensor, path: () => string) => Tensor): Same<T> {
  const branches: { of: Branch; copy: object; keys: readonly string[]; next: number }[] = []
  const path = (): string =>
    named('x', branches.map(({ of, keys, next }) => step(of, keys[next - 1])).join(''))
  const mapped = (value: unknown): Tensor | object => {
    if (value instanceof Tensor) return f(value, path)
    const of = value as Branch
    const copy = Array.isArray(of) ? new Array(of.length) : {}
    branches.push({ of, copy, keys: Object.keys(of), next: 0 })
    return copy
  }
  const result = mapped(xs)
  for (let branch = branches.at(-1); branch !== undefined; branch = branches.at(-1)) {
    const key = branch.keys[branch.next++]
    if (key === undefined) branches.pop()
    else {
      put(branch.copy, key, mapped(branch.of[key]))
    }
  }
  return result as Same<T>
}

/** Calls `use` with the tensors of a tree, in order, and their paths. */
export function eachTensor(xs: Tree, use: (x: Tensor, path: () => string) => void): void {
  mapTree(xs, (x, path) => {
    use(x, path)
    return x
  })
}

/** Throws unless `xs` is a tree of tensors; `form` is how the function is called. */
export function checkTree(op: string, xs: unknown, form: string): asserts xs is Tree {
  if (!(xs instanceof Tensor) && !isBranch(xs)) {
    throw refusal(op, `a tensor, an array or a record of tensors, as in ${form},`, xs)
  }
  eachLeaf(
    xs,
    (x, path) => x instanceof Tensor || checkTensor(op, named('x', path()), x),
    path => new Error(`${op}: tensors in a tree expected, got a circle at ${named('x', path)}`),
  )
}

/** The leaves of `dxs` in the order of those of `xs`. Throws unless there is one of the same kind for each. */
export function matched(op: string, xs: Tree, dxs: unknown, path = ''): Tensor[] {
  const name = named('dx', path)
  if (xs instanceof Tensor) return [agreeing(op, name, xs, dxs)]
  if (!isBranch(dxs) || Array.isArray(dxs) !== Array.isArray(xs)) {
    throw refusal(op, `${name} in the form of xs`, dxs)
  }
  const surplus = Object.keys(dxs).find(key => !Object.hasOwn(xs, key))
  if (surplus !== undefined) {
    const more = named('dx', path + step(xs, surplus))
    throw new Error(`${op}: a tensor for each of xs expected, got one more, ${JSON.stringify(more)}`)
  }
  return Object.entries(xs).flatMap(([key, x]) => matched(op, x, dxs[key], path + step(xs, key)))
}

function agreeing(op: string, name: string, x: Tensor, dx: unknown): Tensor {
  checkTensor(op, name, dx)
  if (describe(dx) === describe(x)) return dx
  throw new Error(`${op}: ${name} as ${describe(x)}, as what it belongs to, expected, got ${describe(dx)}`)
}

/** A path as errors show it: `layers[0].w`, in a list `x[0].w`, and `x` where there is none. */
const named = (root: string, path: string): string => (path.startsWith('.') ? path.slice(1) : root + path)
