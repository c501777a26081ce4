/** A block that waits for the garbage collector, and the bytes that it counts meanwhile. */
interface Held {
  address: number
  bytes: number
}

/** What the collector watches: to be referred to by the block's owner alone, and to go with it. */
export class Target {
  readonly held: Held = { address: 0, bytes: 0 }
}

/** Blocks that nobody will release: each is when the garbage collector took its target. */
export class Adopted {
  /** Of all blocks that wait. */
  bytes = 0
  readonly #registry: FinalizationRegistry<Held>
  /**
   * Targets of blocks that were released after all, for the next ones: an optimiser adopts new values for each parameter
   * every step, and what V8 keeps of a registration is old from the start, so that it and its `held` would pile up.
   */
  readonly #spare: Target[] = []

  constructor(release: (address: number) => void) {
    this.#registry = new FinalizationRegistry(({ address, bytes }) => {
      this.bytes -= bytes
      release(address)
    })
  }

  add(address: number, bytes: number): Target {
    const target = this.#spare.pop() ?? this.#register()
    target.held.address = address
    target.held.bytes = bytes
    this.bytes += bytes
    return target
  }

  /** The block needs no collector any more. */
  remove(target: Target): void {
    this.bytes -= target.held.bytes
    this.#spare.push(target)
  }

  #register(): Target {
    const target = new Target()
    this.#registry.register(target, target.held)
    return target
  }
}
