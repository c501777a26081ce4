import type { Place } from './places.ts'

/** What the collector watches: to be referred to by a block's owner alone, and to go with it. */
export class Target {
  /** Where the block lies, and the bytes that it counts while it waits. */
  readonly held: { place: Place | undefined; bytes: number } = { place: undefined, bytes: 0 }
}

/** Blocks of memory that nobody will release: each is when the garbage collector took its target. */
export class Waiting {
  /** Of all blocks that wait. */
  bytes = 0
  readonly #registry: FinalizationRegistry<Target['held']>
  /**
   * Targets of blocks that were released after all, for the next ones: an optimiser leaves new values of each parameter
   * to the collector every step, and what V8 keeps of a registration is old from the start, so that it and its `held`
   * would pile up.
   */
  readonly #spare: Target[] = []

  constructor(release: (place: Place) => void) {
    this.#registry = new FinalizationRegistry(({ place, bytes }) => {
      this.bytes -= bytes
      // Undefined where it was given back before.
      if (place !== undefined) release(place)
    })
  }

  add(place: Place, bytes: number): Target {
    const target = this.#spare.pop() ?? this.#register()
    target.held.place = place
    target.held.bytes = bytes
    this.bytes += bytes
    return target
  }

  /** The block is not among those that move out. */
  holds(target: Target): void {
    this.bytes -= target.held.bytes
    target.held.bytes = 0
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
