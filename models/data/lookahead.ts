import type { Json } from '../../engine/index.ts'
import type { Sampler } from './samplers.ts'

interface Drawn {
  readonly picks: Int32Array
  /** The sampler's state before it drew them. */
  readonly before: Readonly<Record<string, Json>>
}

/** A sampler that can tell what it will draw. Its state is that of before what it has told and not yet drawn. */
export class Lookahead implements Sampler {
  readonly #sampler: Sampler
  #drawn: Drawn[] = []

  constructor(sampler: Sampler) {
    this.#sampler = sampler
  }

  /** The next `count` batches, which `next` then draws. */
  upcoming(count: number): Int32Array[] {
    while (this.#drawn.length < count) {
      const before = this.#sampler.state()
      this.#drawn.push({ picks: this.#sampler.next(), before })
    }
    return this.#drawn.slice(0, count).map(({ picks }) => picks)
  }

  next(): Int32Array {
    return this.#drawn.shift()?.picks ?? this.#sampler.next()
  }

  state(): Readonly<Record<string, Json>> {
    return this.#drawn[0]?.before ?? this.#sampler.state()
  }

  load(values: Readonly<Record<string, Json>>): void {
    this.#sampler.load(values)
    this.#drawn = []
  }
}
