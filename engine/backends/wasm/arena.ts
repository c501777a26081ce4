import { FreeBlocks, LENGTH, WORDS } from './freeBlocks.ts'

/** The second word of a block's line: the length of the block that lies before it, 0 for the first. */
const LENGTH_BEFORE = 1
/** And of a block in use: whom to tell when it moves, 0 where it may not. */
const OWNER = 2

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
  /** Blocks in use, and their lines. */
  blocks = 0
  used = 0
  readonly #begin: number
  #lastLength = 0
  readonly #free = new FreeBlocks()
  /** A bit for each line: does a block in use begin there? Not in the memory, where a write past a block could change it. */
  #bits = new Int32Array(0)

  constructor(words: Int32Array, begin: number) {
    this.words = words
    this.end = begin
    this.#begin = begin
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
    return this.#use(line, lines)
  }

  /** The line of a new block behind the last one; the caller has looked that the memory is long enough. */
  append(lines: number): number {
    const line = this.end
    this.end = line + lines
    if (this.#bits.length <= line >>> 5) this.#cover()
    this.words[(line << WORDS) + LENGTH_BEFORE] = this.#lastLength
    this.#setLength(line, lines)
    return this.#use(line, lines)
  }

  isUsed(line: number): boolean {
    return ((this.#bits[line >>> 5] >>> line) & 1) === 1
  }

  /** Makes a block free that is in use. */
  release(line: number): void {
    const { words } = this
    this.#bits[line >>> 5] &= ~(1 << line)
    this.blocks--
    this.used -= words[(line << WORDS) + LENGTH]
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

  /** The block may move when the arena is compacted; `owner`, an integer > 0, is told to whom it matters. */
  setOwner(line: number, owner: number): void {
    this.words[(line << WORDS) + OWNER] = owner
  }

  /** Moves blocks that have an owner towards the beginning, until nothing is free but before those that have none. */
  compact(moved: (owner: number, line: number) => void): void {
    const { words, end } = this
    this.#free.clear()
    let to = this.#begin
    let lengthBefore = 0
    for (let line = to, lines = 0; line < end; line += lines) {
      lines = words[(line << WORDS) + LENGTH]
      if (!this.isUsed(line)) continue
      const owner = words[(line << WORDS) + OWNER]
      if (owner === 0 && to < line) {
        words[(to << WORDS) + LENGTH_BEFORE] = lengthBefore
        lengthBefore = line - to
        words[(to << WORDS) + LENGTH] = lengthBefore
        this.#free.add(words, to)
        to = line
      }
      if (to < line) {
        words.copyWithin(to << WORDS, line << WORDS, (line + lines) << WORDS)
        this.#bits[line >>> 5] &= ~(1 << line)
        this.#bits[to >>> 5] |= 1 << to
        moved(owner, to)
      }
      words[(to << WORDS) + LENGTH_BEFORE] = lengthBefore
      lengthBefore = lines
      to += lines
    }
    this.end = to
    this.#lastLength = lengthBefore
  }

  #use(line: number, lines: number): number {
    this.#bits[line >>> 5] |= 1 << line
    this.blocks++
    this.used += lines
    this.words[(line << WORDS) + OWNER] = 0
    return line
  }

  /** Also where the block after it says so. */
  #setLength(line: number, lines: number): void {
    this.words[(line << WORDS) + LENGTH] = lines
    if (line + lines === this.end) this.#lastLength = lines
    else this.words[((line + lines) << WORDS) + LENGTH_BEFORE] = lines
  }

  #cover(): void {
    const bits = new Int32Array(this.words.length >>> (WORDS + 5))
    bits.set(this.#bits)
    this.#bits = bits
  }
}
