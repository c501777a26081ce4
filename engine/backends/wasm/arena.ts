import { FreeBlocks, LENGTH, WORDS } from './freeBlocks.ts'

/** The second word of a block's line: the length of the block that lies before it, 0 for the first. */
const LENGTH_BEFORE = 1

/**
 * Blocks of a memory, one after another from the line `begin`, in lines of 64 bytes. The first line of each holds its length
 * and that of the block before it, so that a block that becomes free merges with its neighbours at once (Knuth 1968, "boundary
 * tags"). Whoever holds the block writes to the other lines. What lies beyond `end` no block has.
 */
export class Arena {
  /** The memory; to be replaced by a longer view when it grows. */
  words: Int32Array
  /** The line behind the last block. */
  end: number
  #lastLength = 0
  readonly #free = new FreeBlocks()
  /** A bit for each line: does a block in use begin there? Not in the memory, where a write past a block could change it. */
  #used = new Int32Array(0)

  constructor(words: Int32Array, begin: number) {
    this.words = words
    this.end = begin
  }

  /** The line of a block of so many lines, at least 2, which was free; 0 where there is none. */
  take(lines: number): number {
    const { words } = this
    const line = this.#free.find(words, lines)
    if (line === 0) return 0
    this.#free.remove(words, line)
    const rest = words[(line << WORDS) + LENGTH] - lines
    // One line alone serves nobody until it merges.
    if (rest > 0) {
      this.#setLength(line, lines)
      this.#setLength(line + lines, rest)
      this.#free.add(words, line + lines)
    }
    this.#used[line >>> 5] |= 1 << line
    return line
  }

  /** The line of a new block behind the last one; the caller has looked that the memory is long enough. */
  append(lines: number): number {
    const line = this.end
    this.end = line + lines
    if (this.#used.length <= line >>> 5) this.#cover()
    this.words[(line << WORDS) + LENGTH_BEFORE] = this.#lastLength
    this.#setLength(line, lines)
    this.#used[line >>> 5] |= 1 << line
    return line
  }

  isUsed(line: number): boolean {
    return ((this.#used[line >>> 5] >>> line) & 1) === 1
  }

  lengthOf(line: number): number {
    return this.words[(line << WORDS) + LENGTH]
  }

  /** Makes a block free that is in use. */
  release(line: number): void {
    const { words } = this
    this.#used[line >>> 5] &= ~(1 << line)
    let from = line
    let to = line + words[(line << WORDS) + LENGTH]
    const before = line - words[(line << WORDS) + LENGTH_BEFORE]
    if (before !== line && !this.isUsed(before)) {
      this.#free.remove(words, before)
      from = before
    }
    if (to === this.end) {
      this.end = from
      this.#lastLength = words[(from << WORDS) + LENGTH_BEFORE]
      return
    }
    if (!this.isUsed(to)) {
      this.#free.remove(words, to)
      to += words[(to << WORDS) + LENGTH]
    }
    this.#setLength(from, to - from)
    this.#free.add(words, from)
  }

  /** Also where the block after it says so. */
  #setLength(line: number, lines: number): void {
    this.words[(line << WORDS) + LENGTH] = lines
    if (line + lines === this.end) this.#lastLength = lines
    else this.words[((line + lines) << WORDS) + LENGTH_BEFORE] = lines
  }

  #cover(): void {
    const used = new Int32Array(this.words.length >>> (WORDS + 5))
    used.set(this.#used)
    this.#used = used
  }
}
