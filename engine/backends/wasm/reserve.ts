/** WebAssembly's page, and the room at both ends of the memory that no block gets. */
export const PAGE = 65536
/** Pages of the smallest memory, with a page for blocks, and of the largest that 32 bits address. */
const LEAST = 3
export const MOST = 65536
/** Pages that a memory begins with, and grows by at least: growing costs a system call, and a step asks for many blocks. */
export const GROWTH = 256

/** A shared memory that may grow to `pages`, or to as many as the host grants. */
export function reserve(pages: number): { shared: WebAssembly.Memory; pages: number } {
  if (!(pages >= LEAST && pages <= MOST)) {
    throw new Error(`wasm: a limit of ${LEAST * PAGE} to ${MOST * PAGE} bytes expected, got ${pages * PAGE}`)
  }
  for (let maximum = pages; ; maximum = Math.floor(maximum / 2)) {
    try {
      const initial = Math.min(GROWTH, maximum)
      return { shared: new WebAssembly.Memory({ initial, maximum, shared: true }), pages: maximum }
    } catch (error) {
      if (maximum < GROWTH) throw error
    }
  }
}
