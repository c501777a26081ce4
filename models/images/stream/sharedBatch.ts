/** What threads are told of a batch: which of them takes which image, they settle in `control`. */
export interface Job {
  /** Of the batch, for what threads report. */
  readonly serial: number
  /** The images' files; where `encoded` has their bytes, names. */
  readonly names: readonly string[]
  readonly encoded?: Encoded
  readonly control: SharedArrayBuffer
  /** Where `NEXT` stands at the first image. */
  readonly first: number
  readonly pixels: SharedArrayBuffer
}

/** Images that were read already: their bytes one after another, each up to its end; or why there are none. */
export interface Encoded {
  readonly bytes: SharedArrayBuffer
  readonly ends: readonly number[]
  readonly reasons: Readonly<Record<number, string>>
}

/**
 * Words of `control`. NEXT counts images for as long as the memory is used: a thread that comes late to a batch finds it past
 * that batch's images, and takes none of the batch that has the memory now.
 */
export const NEXT = 0
/** How many images are not done. Whoever brings it to 0 wakes the one that waits. */
export const LEFT = 1
/** For each image, how it ended. */
export const STATES = 2
export const [DECODED, FAILED] = [1, 2]

/** Memory that threads fill with the pixels of a batch, one batch after another. */
export class SharedBatch {
  readonly capacity: number
  readonly pixels: Uint8Array
  readonly #control: Int32Array
  #encoded = new Uint8Array(new SharedArrayBuffer(0))
  #end = 0

  /** For up to `capacity` images of `size` bytes. */
  constructor(capacity: number, size: number) {
    this.capacity = capacity
    this.#control = new Int32Array(new SharedArrayBuffer(4 * (STATES + capacity)))
    this.pixels = new Uint8Array(new SharedArrayBuffer(capacity * size))
  }

  /** What threads are to do, none of it done yet. */
  begin(serial: number, names: readonly string[], read?: readonly (Uint8Array | Error)[]): Job {
    const first = this.#end
    this.#end += names.length
    this.#control[LEFT] = names.length
    const [control, pixels] = [this.#control, this.pixels].map(({ buffer }) => buffer as SharedArrayBuffer)
    return { serial, names, ...(read && { encoded: this.#encode(read) }), control, first, pixels }
  }

  #encode(read: readonly (Uint8Array | Error)[]): Encoded {
    const reasons: Record<number, string> = {}
    const ends: number[] = []
    let end = 0
    read.forEach((bytes, i) => {
      if (bytes instanceof Error) reasons[i] = bytes.message
      else end += bytes.length
      ends.push(end)
    })
    if (end > this.#encoded.length)
      this.#encoded = new Uint8Array(new SharedArrayBuffer(Math.ceil(1.5 * end)))
    read.forEach((bytes, i) => {
      if (!(bytes instanceof Error)) this.#encoded.set(bytes, ends[i] - bytes.length)
    })
    return { bytes: this.#encoded.buffer as SharedArrayBuffer, ends, reasons }
  }

  /** How many images are not done. */
  get left(): number {
    return Atomics.load(this.#control, LEFT)
  }

  /** Waits until none is left, but no longer than so many milliseconds. */
  wait(milliseconds: number): void {
    const { left } = this
    if (left > 0) Atomics.wait(this.#control, LEFT, left, milliseconds)
  }

  failed(i: number): boolean {
    return Atomics.load(this.#control, STATES + i) === FAILED
  }

  /** Leaves undone what no thread has taken. */
  cancel(): void {
    const next = Atomics.exchange(this.#control, NEXT, this.#end)
    Atomics.sub(this.#control, LEFT, this.#end - next)
  }
}
