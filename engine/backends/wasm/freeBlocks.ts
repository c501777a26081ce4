/** What a block's line begins with, in words: its length in lines, and for a free one its neighbours in their list. */
export const LENGTH = 0
const NEXT = 2
const BEFORE = 3
/** Words of a line, as a shift. */
export const WORDS = 4

/** Classes of an octave of lengths, as a power of two; below so many lines each length is a class. */
const BITS = 5
const CLASSES = 1 << BITS
/** Octaves up to 2^26 lines of 64 bytes: what 32 bits address. */
const OCTAVES = 28 - BITS
/** Blocks of a length's own class that are looked at; those of the next classes all fit. */
const LOOKS = 16

/**
 * The free blocks of a memory, in lists by the class of their length: two-level segregated fit (Masmano 2004, "TLSF: a new
 * dynamic memory allocator for real-time systems"). A class is a thirty-second of an octave, so the block that is found is
 * longer than the shortest that fits by 3 % at most, unless its own class has more than 16 blocks; that is ours, where TLSF
 * looks beyond its own class alone. Each call takes a bounded time. The links lie in the blocks themselves, a block is named by
 * its line, and line 0 is none.
 */
export class FreeBlocks {
  /** A bit for each octave that has a block, and in each octave for each class. */
  #octaves = 0
  readonly #classes = new Int32Array(OCTAVES)
  readonly #first = new Int32Array(OCTAVES * CLASSES)

  clear(): void {
    this.#octaves = 0
    this.#classes.fill(0)
    this.#first.fill(0)
  }

  add(words: Int32Array, line: number): void {
    const at = line << WORDS
    const kind = classOf(words[at + LENGTH])
    const first = this.#first[kind]
    words[at + NEXT] = first
    words[at + BEFORE] = 0
    if (first !== 0) words[(first << WORDS) + BEFORE] = line
    this.#first[kind] = line
    this.#classes[kind >>> BITS] |= 1 << kind
    this.#octaves |= 1 << (kind >>> BITS)
  }

  remove(words: Int32Array, line: number): void {
    const at = line << WORDS
    const next = words[at + NEXT]
    const before = words[at + BEFORE]
    if (next !== 0) words[(next << WORDS) + BEFORE] = before
    if (before !== 0) {
      words[(before << WORDS) + NEXT] = next
      return
    }
    const kind = classOf(words[at + LENGTH])
    this.#first[kind] = next
    if (next !== 0) return
    const octave = kind >>> BITS
    this.#classes[octave] &= ~(1 << kind)
    if (this.#classes[octave] === 0) this.#octaves &= ~(1 << octave)
  }

  /** One of at least so many lines, which stays in its list; 0 for none. */
  find(words: Int32Array, lines: number): number {
    const kind = classOf(lines)
    let line = this.#first[kind]
    for (let i = 0; line !== 0 && i < LOOKS; i++) {
      if (words[(line << WORDS) + LENGTH] >= lines) return line
      line = words[(line << WORDS) + NEXT]
    }
    let octave = kind >>> BITS
    let classes = this.#classes[octave] & (-2 << kind)
    if (classes === 0) {
      const octaves = this.#octaves & (-2 << octave)
      if (octaves === 0) return 0
      octave = lowest(octaves)
      classes = this.#classes[octave]
    }
    return this.#first[(octave << BITS) + lowest(classes)]
  }
}

/** Octave and class within it, in the order of lengths. */
function classOf(lines: number): number {
  const octave = Math.max(0, 32 - BITS - Math.clz32(lines))
  return octave === 0 ? lines : (octave << BITS) + (lines >>> (octave - 1)) - CLASSES
}

/** The lowest bit that is set. */
const lowest = (bits: number): number => 31 - Math.clz32(bits & -bits)
