import { checkFunction, checkNoMore, refusal } from './check.ts'
import { onesLike, zerosLike } from './create.ts'
import { add } from './ops/arithmetic.ts'
import { Readers } from './readers.ts'
import { isRecording, pull, pullOnto, recorded } from './recording.ts'
import { format, sameShape } from './shape.ts'
import { checkTensor, describe, type Node, Tensor } from './tensor.ts'
import { owning, type Scope, tidy } from './tidy.ts'
import { checkTree, eachTensor, mapTree, matched, type Same, type Tree } from './tree.ts'

/**
 * dy/dx for each x: the vector-Jacobian product of `dy`, a cotangent of y's shape (default 1, for a scalar y).
 * `xs` is a tensor, or arrays and plain objects of tensors, to any depth; the gradients come back in that form.
 * Gradients are tensors with a graph of their own, unless taken inside `noGrad`. An x that y does not depend on
 * gets zeros. Throws when y or an x does not require a gradient.
 */
export function grad<const T extends Tree>(y: Tensor, xs: T, dy?: Tensor): Same<T> {
  return gradients(y, xs, dy)
}

/** `grad`, which gives back the tensors of `scope` on its way. */
function gradients<const T extends Tree>(y: Tensor, xs: T, dy?: Tensor, scope?: Scope): Same<T> {
  checkTensor('grad', 'y', y)
  checkTree('grad', xs, 'grad(y, x)')
  if (dy !== undefined) checkTensor('grad', 'dy', dy)
  if (dy === undefined && y.size !== 1) {
    throw new Error(`grad: y is a scalar unless dy is given, got shape ${format(y.shape)}`)
  }
  if (dy !== undefined && (!sameShape(dy.shape, y.shape) || dy.dtype !== y.dtype)) {
    throw new Error(`grad: dy is ${describe(y)}, as y, got ${describe(dy)}`)
  }
  const targets = new Set<Tensor>()
  const demand = (x: Tensor, path: () => string): void => {
    if (x.requiresGrad) return
    throw new Error(`grad: ${path()}: ${describe(x)} does not require a gradient (requiresGrad: true)`)
  }
  demand(y, () => 'y')
  eachTensor(xs, (x, path) => {
    demand(x, path)
    targets.add(x)
  })
  const cotangents = pullback(y, dy ?? onesLike(y), targets, {
    scope,
    held: [y],
  })
  return mapTree(xs, x => cotangents.get(x) ?? zerosLike(x))
}

interface PullbackOptions {
  /** What is made in it is released on the way; otherwise nothing is. */
  readonly scope?: Scope
  /** The first node of the graph: what older ones made counts as a leaf. */
  readonly since?: number
  /** What is added to: the cotangents of targets, from elsewhere. */
  readonly known?: ReadonlyMap<Tensor, Tensor>
  /** Stays, whoever reads it. */
  readonly held?: readonly Tensor[]
}

/**
 * Reverse mode. Walks the nodes from the last made to the first, which is a topological order, in a loop: depth
 * costs no stack. A tensor used twice adds its cotangents up. Only what leads to a target is computed. Of `scope` each
 * cotangent, and each tensor of the graph, is released as soon as no rule is left that reads it.
 */
export function pullback(
  y: Tensor,
  dy: Tensor,
  targets: ReadonlySet<Tensor>,
  { scope, since = 0, held = [], known = new Map() }: PullbackOptions = {},
): Map<Tensor, Tensor> {
  const { made, order } = pathsTo(targets, y, since)
  const onPath = new Set<Tensor>([...order, ...targets])
  const before = known.get(y)
  const cotangents = new Map(known).set(y, before === undefined ? dy : add(before, dy))
  const readers = scope && new Readers(scope, made, order, onPath, [dy, ...targets, ...held])
  for (const z of order) {
    const dz = cotangents.get(z)
    const node = z.node as Node
    if (dz === undefined) {
      readers?.passed(z)
      continue
    }
    if (!targets.has(z)) cotangents.delete(z)
    const names = namesOnPath(node, onPath)
    const xs = names.map(name => node.inputs[name])
    const known = xs.map(x => cotangents.get(x))
    const totals = node.pull?.(dz, xs, known) ?? pullOnto(node, dz, z, names, known, scope !== undefined)
    const dxs =
      totals ?? (scope === undefined ? pull(node, dz, z, names) : tidy(() => pull(node, dz, z, names, true)))
    for (let i = 0; i < names.length; i++) {
      const [x, dx] = [xs[i], dxs[i]]
      if (dx === undefined) continue
      checkTensor(node.op.name, `the vjp of ${names[i]}`, dx)
      if (!sameShape(dx.shape, x.shape)) {
        throw new Error(
          `${node.op.name}: the vjp of ${names[i]} gives ${format(dx.shape)}, but ${names[i]} is ${format(x.shape)}`,
        )
      }
      // A tensor may be several inputs of one node.
      const before = cotangents.get(x)
      const total = before === undefined || totals !== undefined ? dx : add(before, dx)
      readers?.hold(dx)
      readers?.hold(total)
      cotangents.set(x, total)
      if (before !== undefined) readers?.drop(before)
      readers?.drop(dx)
    }
    if (!targets.has(z)) readers?.drop(dz)
    readers?.passed(z)
  }
  return cotangents
}

/** The inputs of a node through which a target is reached. Throws where one was assigned to since. */
function namesOnPath(node: Node, onPath: ReadonlySet<Tensor>): string[] {
  const names: string[] = []
  let i = 0
  for (const name in node.inputs) {
    const x = node.inputs[name]
    const version = node.versions[i++]
    if (!onPath.has(x)) continue
    if (x.version !== version) {
      throw new Error(`grad: ${node.op.name}: input ${name} was assigned to after it was used`)
    }
    names.push(name)
  }
  return names
}

/** The tensors that an op made on the way to y; and those between the targets and y, the latest first. */
function pathsTo(
  targets: ReadonlySet<Tensor>,
  y: Tensor,
  since: number,
): { made: Tensor[]; order: Tensor[] } {
  const seen = new Set([y])
  const stack = [y]
  const made: Tensor[] = []
  while (stack.length > 0) {
    const t = stack.pop() as Tensor
    if (t.node === undefined || t.node.id < since) continue
    made.push(t)
    for (const x of Object.values(t.node.inputs)) {
      if (x.requiresGrad && !seen.has(x)) {
        seen.add(x)
        stack.push(x)
      }
    }
  }
  made.sort((a, b) => (a.node as Node).id - (b.node as Node).id)
  const leading = new Set(targets)
  for (const t of made) {
    if (Object.values((t.node as Node).inputs).some(x => leading.has(x))) leading.add(t)
  }
  return { made, order: made.filter(t => leading.has(t)).reverse() }
}

/**
 * f's value and its gradients in xs. An x that does not require a gradient is watched for the call; one that
 * does (a parameter) may be used by f directly: `valueAndGrad(() => loss(net(x), y), net.parameters)`.
 *
 * Inside `noGrad` f is recorded all the same, and the gradients have no graph of their own. So nothing needs f's graph
 * afterwards, and what f made of it is released on the way back, as soon as no rule is left that reads it: a training step
 * takes a third of the memory. The value stays, and what `keep` took out.
 */
export function valueAndGrad<const T extends Tree>(
  f: (xs: Same<T>) => Tensor,
  xs: T,
  ...none: never[]
): { value: Tensor; grads: Same<T> } {
  checkNoMore('valueAndGrad', none, 'valueAndGrad(([x, y]) => .., [x, y]): several inputs are a list')
  const watched = watch('valueAndGrad', f, xs)
  if (isRecording()) {
    const value = evaluated('valueAndGrad', f, watched)
    return { value, grads: grad<T>(value, watched) }
  }
  return owning(scope => {
    const value = recorded(() => evaluated('valueAndGrad', f, watched))
    return { value, grads: gradients<T>(value, watched, undefined, scope) }
  })
}

/** y = f(xs), and `pull`, which takes a cotangent of y to those of xs; it may be called again and again. */
export function vjp<const T extends Tree>(
  f: (xs: Same<T>) => Tensor,
  xs: T,
  ...none: never[]
): { y: Tensor; pull: (dy: Tensor) => Same<T> } {
  checkNoMore('vjp', none, 'vjp(([x, y]) => .., [x, y]): several inputs are a list')
  const watched = watch('vjp', f, xs)
  const y = evaluated('vjp', f, watched)
  return { y, pull: dy => grad(y, watched, dy) }
}

/**
 * y = f(xs) and dy = J dxs, the change of y along `dxs`. The pullback u -> J^T u is linear in u, so its own
 * pullback is J: forward mode out of two reverse passes.
 */
export function jvp<const T extends Tree>(
  f: (xs: Same<T>) => Tensor,
  xs: T,
  dxs: T,
): { y: Tensor; dy: Tensor } {
  const watched = watch('jvp', f, xs)
  checkTree('jvp', dxs, 'jvp(f, x, dx)')
  const tangents = matched('jvp', watched, dxs)
  const y = evaluated('jvp', f, watched)
  if (!y.requiresGrad) return { y, dy: zerosLike(y) }
  const u = alias(zerosLike(y), 'jvp')
  let dy = zerosLike(y)
  let i = 0
  eachTensor(grad(y, watched, u) as Tree, dx => {
    const tangent = tangents[i++]
    if (dx.requiresGrad) dy = add(dy, grad(dx, u, tangent))
  })
  return { y, dy }
}

/** The inputs of f as leaves that require a gradient. */
function watch<T extends Tree>(op: string, f: unknown, xs: T): T {
  checkFunction(op, 'f', f)
  checkTree(op, xs, `${op}(f, x)`)
  return mapTree(xs, x => (x.requiresGrad ? x : alias(x, op))) as Tree as T
}

/** What f makes of `xs`, in a tree of its own. */
export function evaluated<T extends Tree>(op: string, f: (xs: Same<T>) => Tensor, xs: T): Tensor {
  const y = f(mapTree(xs, x => x))
  checkTensor(op, "f's value", y)
  return y
}

/** A leaf that shares x's memory and requires a gradient. */
function alias(x: Tensor, op: string): Tensor {
  if (x.dtype === 'int32') throw refusal(op, 'inputs of float32 or float64', describe(x))
  x.array.buffer.refs++
  return new Tensor(x.array, x.backend, true)
}
