import { eachRead } from './recording.ts'
import type { Node, Tensor } from './tensor.ts'
import type { Scope } from './tidy.ts'

/** Counts who has yet to read each tensor of a scope, and releases it once nobody has. */
export class Readers {
  readonly #scope: Scope
  readonly #onPath: ReadonlySet<Tensor>
  readonly #counts = new Map<Tensor, number>()

  /**
   * For a walk back through `order`, out of the graph of `made`, to the targets among `onPath`: each rule on the way reads
   * its tensors, and what none reads is released now. `held` stay.
   */
  constructor(
    scope: Scope,
    made: readonly Tensor[],
    order: readonly Tensor[],
    onPath: ReadonlySet<Tensor>,
    held: readonly Tensor[],
  ) {
    this.#scope = scope
    this.#onPath = onPath
    for (const t of held) this.hold(t)
    for (const z of order) this.#eachRead(z, this.hold)
    for (const z of made) {
      this.#release(z)
      const { inputs } = z.node as Node
      for (const name in inputs) this.#release(inputs[name])
    }
  }

  /** Somebody will read `t`. */
  readonly hold = (t: Tensor): void => {
    if (t.scope === this.#scope) this.#counts.set(t, (this.#counts.get(t) ?? 0) + 1)
  }

  /** One of those who would read `t` has done so. */
  readonly drop = (t: Tensor): void => {
    if (t.scope !== this.#scope) return
    const left = (this.#counts.get(t) as number) - 1
    this.#counts.set(t, left)
    this.#release(t)
  }

  /** The rules of the node that made z are done. */
  passed(z: Tensor): void {
    this.#eachRead(z, this.drop)
  }

  #eachRead(z: Tensor, use: (t: Tensor) => void): void {
    const node = z.node as Node
    for (const name in node.inputs) if (this.#onPath.has(node.inputs[name])) eachRead(node, name, z, use)
  }

  #release(t: Tensor): void {
    if (t.scope === this.#scope && !t.disposed && (this.#counts.get(t) ?? 0) === 0) t.dispose()
  }
}
