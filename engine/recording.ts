import type { Backend, NDArray } from './backends/backend.ts'
import { checkFunction, checkSynchronous } from './check.ts'
import type { OpSpec } from './spec.ts'
import { type Node, Tensor } from './tensor.ts'
import { tidy } from './tidy.ts'

let nodes = 0
let recording = true

/** Runs `f` without recording: what it computes has no gradient. */
export function noGrad<T>(f: () => T): T {
  checkFunction('noGrad', 'f', f)
  const before = recording
  recording = false
  try {
    const result = f()
    checkSynchronous('noGrad', result)
    return result
  } finally {
    recording = before
  }
}

/** Runs `f` with recording, `noGrad` around it or not. */
export function recorded<T>(f: () => T): T {
  const before = recording
  recording = true
  try {
    return f()
  } finally {
    recording = before
  }
}

export const isRecording = (): boolean => recording

/** Will something be differentiated through what is made of these? */
export function isRecorded(inputs: Readonly<Record<string, Tensor>>): boolean {
  if (recording) for (const name in inputs) if (inputs[name].requiresGrad) return true
  return false
}

/** Where the next nodes begin: those that are there have smaller ids. */
export const nextNode = (): number => nodes

/** The tensor that an op made of `inputs`, with its node. */
export function record(
  op: Node['op'],
  inputs: Readonly<Record<string, Tensor>>,
  attrs: object,
  array: NDArray,
  backend: Backend,
  pull?: Node['pull'],
): Tensor {
  const versions: number[] = []
  for (const name in inputs) versions.push(inputs[name].version)
  const node: Node = { id: nodes++, op, inputs, attrs, versions, pull }
  const z = new Tensor(array, backend, true, node)
  for (const name in inputs) if (inputs[name].requiresGrad) eachRead(node, name, z, save)
  return z
}

const save = (t: Tensor): void => {
  t.saved = true
}

/** Calls `use` with each tensor whose values the rule of input `name` reads; z is the node's output. */
export function eachRead(node: Node, name: string, z: Tensor, use: (t: Tensor) => void): void {
  const { vjp, reads } = node.op as OpSpec
  if (node.pull !== undefined) {
    for (const other in node.inputs) use(node.inputs[other])
    return
  }
  if (typeof vjp?.[name] !== 'function') return
  const read = reads?.[name]
  if (read !== undefined) for (const other of read) use(other === '->' ? z : node.inputs[other])
  else {
    for (const other in node.inputs) use(node.inputs[other])
    use(z)
  }
}

/**
 * For the cotangent dz of the output z of `node`, those of the inputs `names`; undefined where there is none. With `tidied`
 * what a rule makes on its way is released at its end.
 */
export function pull(
  { op, inputs, attrs }: Node,
  dz: Tensor,
  z: Tensor,
  names: readonly string[],
  tidied = false,
): (Tensor | undefined)[] {
  const { name: opName, vjp, shared: common } = op as OpSpec
  let known: Tensor | undefined
  const shared = (): Tensor => {
    known ??= common?.({ dz, inputs, attrs })
    if (known === undefined) throw new Error(`${opName}: a rule asks for \`shared\`, which is missing`)
    return known
  }
  const rule = (name: string): Tensor | undefined => {
    const one = vjp?.[name]
    if (typeof one === 'function') return one({ dz, inputs, z, attrs, shared })
    if (one === 'nondifferentiable') return undefined
    throw new Error(`${opName}: vjp: a rule for ${name}, or 'nondifferentiable', expected, got ${one}`)
  }
  if (!tidied || names.length === 1) return names.map(rule)
  // The smallest first: what the others make on their way then lies beside the least. What is shared outlives its rule.
  const bySize = [...names].sort((a, b) => inputs[a].size - inputs[b].size)
  const dxs = new Map(bySize.map(name => [name, tidy(() => ({ dx: rule(name), known })).dx]))
  return names.map(name => dxs.get(name))
}

/** The cotangent of a node's only input on the way and what is known of it, where a rule adds to that. */
export function pullOnto(
  { op, inputs, attrs }: Node,
  dz: Tensor,
  z: Tensor,
  names: readonly string[],
  [known]: readonly (Tensor | undefined)[],
  tidied = false,
): Tensor[] | undefined {
  const rule = (op as OpSpec).adding?.[names[0]]
  if (rule === undefined || known === undefined || names.length > 1) return undefined
  const total = (): Tensor => rule({ dz, inputs, z, attrs }, known)
  return [tidied ? tidy(total) : total()]
}
