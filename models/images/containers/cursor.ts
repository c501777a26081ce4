import type { ContainerFile } from './containerFile.ts'

/** Bytes that are in memory at once. */
const WINDOW = 65_536

/** A place in a file that moves on as it is read. */
export class Cursor {
  readonly file: ContainerFile
  #offset = 0
  #window: Uint8Array = new Uint8Array(0)
  #start = 0

  constructor(file: ContainerFile) {
    this.file = file
  }

  get offset(): number {
    return this.#offset
  }

  get ended(): boolean {
    return this.#offset === this.file.size
  }

  byte(): number {
    const at = this.#offset - this.#start
    if (!(at >= 0 && at < this.#window.length)) return this.#view(1)[0]
    this.#offset++
    return this.#window[at]
  }

  /** An unsigned integer of 1, 2, 4 or 8 bytes, the lowest first; not exact from 2^53 on, which no file is long. */
  uint(bytes: number): number {
    const view = this.#view(bytes)
    let value = 0
    for (let i = bytes - 1; i >= 0; i--) value = value * 256 + view[i]
    return value
  }

  /** A signed integer of 4 bytes, the lowest first. */
  int32(): number {
    return this.uint(4) | 0
  }

  /** The place of the next `length` bytes, which are passed over. */
  skip(length: number): number {
    const from = this.#offset
    if (length > this.file.size - from) {
      throw this.file.error(from, `${length} bytes`, `a file of ${this.file.size}`)
    }
    this.#offset = from + length
    return from
  }

  /** The length of the line that begins here; it is passed over, and so is its end. */
  line(): number {
    const from = this.#offset
    while (!this.ended) {
      const view = this.#ahead()
      const at = view.indexOf(10)
      this.#offset += at < 0 ? view.length : at + 1
      if (at >= 0) return this.#offset - from - 1
    }
    throw this.file.error(from, 'a line with its end', `a file of ${this.file.size}`)
  }

  #view(length: number): Uint8Array {
    if (length > this.file.size - this.#offset) this.skip(length)
    if (this.#left() < length) this.#fill()
    const at = this.#offset - this.#start
    this.#offset += length
    return this.#window.subarray(at, at + length)
  }

  /** What is in memory from here on, at least a byte. */
  #ahead(): Uint8Array {
    if (this.#left() < 1) this.#fill()
    return this.#window.subarray(this.#offset - this.#start)
  }

  #left(): number {
    return this.#offset < this.#start ? 0 : this.#start + this.#window.length - this.#offset
  }

  #fill(): void {
    this.#start = this.#offset
    this.#window = this.file.bytes(this.#offset, Math.min(WINDOW, this.file.size - this.#offset))
  }
}
