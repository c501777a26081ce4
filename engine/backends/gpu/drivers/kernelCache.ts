import type { KernelShortcut } from '../gpuJs.ts'

/** Kernels made for the sizes of one call: so many are kept. */
const SPECIAL = 128
/** Calls of one kind after which they get a kernel of their own: compiling costs as much as some calls. */
const OFTEN = 3

/** Compiled kernels by what they were made for. */
export class KernelCache {
  readonly #general = new Map<string, KernelShortcut>()
  /** The longest unused first. */
  readonly #special = new Map<string, KernelShortcut>()
  readonly #seen = new Map<string, number>()
  readonly #discard: (kernel: KernelShortcut) => void

  constructor(discard: (kernel: KernelShortcut) => void = kernel => kernel.destroy()) {
    this.#discard = discard
  }

  get size(): number {
    return this.#general.size + this.#special.size
  }

  general(source: string, make: () => KernelShortcut): KernelShortcut {
    let kernel = this.#general.get(source)
    if (kernel === undefined) {
      kernel = make()
      this.#general.set(source, kernel)
    }
    return kernel
  }

  /** The kernel made for `key`, once calls with it have come often. */
  special(key: string, make: () => KernelShortcut): KernelShortcut | undefined {
    const found = this.#special.get(key)
    if (found !== undefined) {
      this.#special.delete(key)
      this.#special.set(key, found)
      return found
    }
    const times = (this.#seen.get(key) ?? 0) + 1
    if (times < OFTEN) {
      if (this.#seen.size > 8 * SPECIAL) this.#seen.clear()
      this.#seen.set(key, times)
      return undefined
    }
    this.#seen.delete(key)
    const kernel = make()
    this.#special.set(key, kernel)
    if (this.#special.size > SPECIAL) {
      const [oldest, unused] = this.#special.entries().next().value!
      this.#special.delete(oldest)
      this.#discard(unused)
    }
    return kernel
  }
}
