import type { Buffer } from './backends/backend.ts'
import { depthOf, innermost, type Owned } from './tidy.ts'

/** A tensor, and a generator, told by their members, since tensor.ts and random.ts import this file. */
interface Values extends Owned {
  readonly version: number
  readonly array: { readonly buffer: Buffer }
}
interface Stream {
  state(): readonly number[]
}

/** What a function read and changed of what was there before it. */
export interface Effects<T extends Values, G extends Stream> {
  /** Each tensor whose values were asked for, and its version then. */
  readonly read: Map<T, number>
  /** Each tensor that was assigned to, as it was before; its values are held. */
  readonly assigned: Map<T, { readonly array: T['array']; readonly version: number }>
  /** Each generator that was drawn from, and its state before. */
  readonly drawn: Map<G, readonly number[]>
}

interface Watch {
  readonly effects: Effects<Values, Stream>
  /** Tensors of this depth of scopes, or deeper, are the function's own. */
  readonly depth: number
  readonly around: Watch | undefined
}

let watch: Watch | undefined

/**
 * Runs `f` and gives what it touched. Call it in a scope of its own. The caller gives back the values that `assigned` holds;
 * when `f` throws, they are given back.
 */
export function withEffects<T extends Values, G extends Stream, R>(
  f: () => R,
  giveBack: (t: T, array: T['array']) => void,
): { result: R; effects: Effects<T, G> } {
  const effects: Effects<T, G> = { read: new Map(), assigned: new Map(), drawn: new Map() }
  const around = watch
  watch = { effects: effects as unknown as Watch['effects'], depth: innermost(), around }
  try {
    return { result: f(), effects }
  } catch (error) {
    for (const [t, { array }] of effects.assigned) giveBack(t, array)
    throw error
  } finally {
    watch = around
  }
}

/** Called before the values of `t` are asked for: by an op, an `assign`, or the caller. */
export function noteRead(t: Values): void {
  for (let w = watch; w !== undefined; w = w.around) {
    const { read } = w.effects
    if (!read.has(t) && depthOf(t) < w.depth) read.set(t, t.version)
  }
}

/** Called before `t` is assigned to. */
export function noteAssign(t: Values): void {
  for (let w = watch; w !== undefined; w = w.around) {
    const { assigned } = w.effects
    if (assigned.has(t) || depthOf(t) >= w.depth) continue
    t.array.buffer.refs++
    assigned.set(t, { array: t.array, version: t.version })
  }
}

/** Called before `g` is drawn from, or changed otherwise. */
export function noteDraw(g: Stream): void {
  for (let w = watch; w !== undefined; w = w.around) {
    const { drawn } = w.effects
    if (!drawn.has(g)) drawn.set(g, g.state())
  }
}
