import type { NDArray } from './backends/backend.ts'
import { checkFunction, checkNoMore } from './check.ts'
import { type Effects, noteRead, withEffects } from './effects.ts'
import { evaluated, pullback } from './grad.ts'
import { stopGradient } from './ops/arithmetic.ts'
import type { Generator } from './random.ts'
import { isRecording, nextNode, record, recorded } from './recording.ts'
import { sameShape } from './shape.ts'
import { type Node, Tensor } from './tensor.ts'
import { owning, tidy } from './tidy.ts'
import { checkTree, mapTree, type Same, type Tree } from './tree.ts'

type Touched = Effects<Tensor, Generator>

/**
 * z = f(xs), of whose graph nothing is kept: the way back runs f again (Chen 2016, arXiv:1604.06174). Memory then holds what
 * f read in place of all that it made, and a training step runs f twice. Values and gradients are those of f(xs), bit for
 * bit; gradients of gradients work too, but save no memory. `xs` is a tensor, or arrays and plain objects of tensors; f may
 * use others too, such as the parameters of a layer: `checkpoint(x => net(x), x)`.
 *
 * f may draw from generators and assign to tensors, as dropout and batch norm do. Run again, it draws the same, and finds
 * the tensors that it assigns to as they were; afterwards they are as they are now. What else f changes, such as a counter,
 * changes twice. On the way back it throws where a tensor that f read was assigned to since, and where f gives another shape.
 * What f made and kept has no graph. Not a checkpoint of a training, which is `saveCheckpoint`.
 */
export function checkpoint<const T extends Tree>(
  f: (xs: Same<T>) => Tensor,
  xs: T,
  ...none: never[]
): Tensor {
  checkNoMore('checkpoint', none, 'checkpoint(([x, y]) => .., [x, y]): several inputs are a list')
  checkFunction('checkpoint', 'f', f)
  checkTree('checkpoint', xs, 'checkpoint(f, x)')
  // The caller may change its lists before the way back.
  const given = mapTree(xs, x => x) as T
  const run = (): Tensor => {
    const y = evaluated('checkpoint', f, given)
    noteRead(y)
    return y
  }
  if (!isRecording()) return tidy(run)
  return tidy(() => {
    const { result: y, effects } = withEffects<Tensor, Generator, Tensor>(run, giveBack)
    const before = [...effects.assigned].map(([t, { array }]) => new Tensor(array, t.backend))
    if (!y.requiresGrad) return { z: stopGradient(y) }
    y.array.buffer.refs++
    return { z: recomputed(run, y, effects, before), before }
  }).z
}

/** The values of y, with a node that reads what `run` read, and runs it again for the cotangents. */
function recomputed(run: () => Tensor, y: Tensor, effects: Touched, then: readonly Tensor[]): Tensor {
  const read = [...effects.read.keys()]
  const inputs = Object.fromEntries([...read, ...then].map((t, i) => [`x${i}`, t]))
  const { shape } = y
  const pull: Node['pull'] = (dz, xs, before) => {
    checkUnchanged(effects)
    // Added to one by one, as without a checkpoint: sums of other order have other bits.
    const known = new Map(xs.flatMap((x, i) => (before[i] === undefined ? [] : [[x, before[i]] as const])))
    const since = nextNode()
    const again = (): Tensor => {
      const z = replayed(run, effects, then)
      if (sameShape(z.shape, shape)) return z
      throw new Error(`checkpoint: f gives [${shape}] each time expected, got [${z.shape}] on the way back`)
    }
    const back = (z: Tensor, scope?: readonly unknown[]): (Tensor | undefined)[] => {
      const cotangents = pullback(z, dz, new Set(xs), { since, scope, known })
      return xs.map(x => cotangents.get(x))
    }
    if (isRecording()) return back(again())
    return tidy(() => owning(scope => back(recorded(again), scope)))
  }
  return record({ name: 'checkpoint' }, inputs, {}, y.array, y.backend, pull)
}

/** Throws where `run` would read other values than it did. */
function checkUnchanged({ read, assigned }: Touched): void {
  for (const [t, version] of read) {
    if (t.version === version || assigned.has(t)) continue
    throw new Error(`checkpoint: a tensor [${t.shape}] that f read was assigned to after it was used`)
  }
}

/** `run` again, where generators and the tensors that it assigns to are as they were; then they are as they are now. */
function replayed(run: () => Tensor, { assigned, drawn }: Touched, before: readonly Tensor[]): Tensor {
  const now = [...assigned.keys()].map(t => ({ t, version: t.version, held: stopGradient(t) }))
  const states = [...drawn.keys()].map(g => ({ g, state: g.state() }))
  try {
    now.forEach(({ t }, i) => {
      put(t, before[i], assigned.get(t)!.version)
    })
    for (const [g, state] of drawn) g.load(state)
    return run()
  } finally {
    for (const { g, state } of states) g.load(state)
    for (const { t, held, version } of now) {
      put(t, held, version)
      held.dispose()
    }
  }
}

function put(t: Tensor, values: Tensor, version: number): void {
  t.assign(values)
  t.version = version
}

function giveBack({ backend }: Tensor, { buffer }: NDArray): void {
  if (--buffer.refs === 0) backend.free(buffer)
}
