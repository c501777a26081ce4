import { setTimeout } from 'node:timers/promises'
import type { EncodedImages } from '../../data/imageSource.ts'
import type { DecodeSettings } from '../decode.ts'
import { type Form, sizeOf } from '../form.ts'
import { Decoders } from './decoders.ts'
import { readAll, readAllNow } from './readAll.ts'
import { SharedBatch } from './sharedBatch.ts'
import { waitFor } from './waitFor.ts'

/** Images by index: files that threads open themselves, or what this thread reads for them. */
export type Images = { readonly files: readonly string[] } | EncodedImages

/** A batch on its way. */
interface Ticket {
  readonly picks: ArrayLike<number>
  readonly names: readonly string[]
  readonly serial: number
  readonly memory: SharedBatch
  /** Are its images with the threads? Else this thread is still to read them. */
  posted: boolean
  cancelled: boolean
}

/** A batch that is done: image k of it lies in `pixels` from k times an image's size on, unless there is a reason why not. */
export interface Decoded {
  readonly pixels: Uint8Array
  readonly reasons: ReadonlyMap<number, string>
}

/** Batches that threads decode ahead, in the order in which they will be taken. */
export class BatchQueue {
  readonly #images: Images
  readonly #form: Form
  readonly #start: () => Decoders
  #decoders: Decoders | undefined
  #waiting: Ticket[] = []
  /** Taken or dropped: their memory serves again once no thread is at it. */
  #free: Ticket[] = []
  #serial = 0
  readonly #reading = new Set<Promise<void>>()
  #closed = false

  constructor(images: Images, form: Form, workers: number, settings: DecodeSettings) {
    this.#images = images
    this.#form = form
    this.#start = () => new Decoders(workers, settings, form)
  }

  /** What will be taken, in that order; what waits and is not among it is dropped. */
  expect(batches: readonly ArrayLike<number>[]): void {
    this.#checkOpen()
    const odd = this.#waiting.findIndex(({ picks }, i) => !(i < batches.length && isSame(picks, batches[i])))
    if (odd >= 0) for (const ticket of this.#waiting.splice(odd)) this.#drop(ticket)
    for (const picks of batches.slice(this.#waiting.length)) this.#waiting.push(this.#enqueue(picks))
  }

  /** Is the first batch done, if any is expected? */
  get isReady(): boolean {
    const [first] = this.#waiting
    return first === undefined || (first.posted && first.memory.left === 0)
  }

  /** Resolves when it is. */
  async ready(): Promise<void> {
    while (!this.isReady) {
      this.#decoders?.hear()
      await setTimeout(1)
    }
  }

  /** The batch of these, waited for. Its pixels stay until something more is expected. */
  take(picks: ArrayLike<number>): Decoded {
    if (this.#waiting.length === 0 || !isSame(this.#waiting[0].picks, picks)) this.expect([picks])
    const [ticket] = this.#waiting
    if (!ticket.posted) this.#post(ticket, readAllNow(this.#images as EncodedImages, ticket.picks))
    waitFor(ticket.memory, () => this.#decoders?.hear())
    this.#waiting.shift()
    this.#free.push(ticket)
    this.#decoders?.hear()
    return { pixels: ticket.memory.pixels, reasons: this.#decoders!.reasonsOf(ticket.serial) }
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const ticket of this.#waiting.splice(0)) this.#drop(ticket)
    await Promise.all(this.#reading)
    await this.#decoders?.close()
  }

  #enqueue(picks: ArrayLike<number>): Ticket {
    const images = this.#images
    const nameOf =
      'files' in images ? (pick: number) => images.files[pick] : (pick: number) => images.name(pick)
    const names = Array.from(picks, nameOf)
    const memory = this.#memory(picks.length)
    const ticket = { picks, names, serial: this.#serial++, memory, posted: false, cancelled: false }
    if ('files' in images) this.#post(ticket)
    else this.#readLater(ticket, images)
    return ticket
  }

  #post(ticket: Ticket, read?: readonly (Uint8Array | Error)[]): void {
    this.#decoders ??= this.#start()
    this.#decoders.post(ticket.memory.begin(ticket.serial, ticket.names, read))
    ticket.posted = true
  }

  /** All that wait at once: a read takes some turns of the event loop, and a step may leave it one. */
  #readLater(ticket: Ticket, images: EncodedImages): void {
    const reading = readAll(images, ticket.picks).then(read => {
      this.#reading.delete(reading)
      if (!ticket.cancelled && !ticket.posted) this.#post(ticket, read)
    })
    this.#reading.add(reading)
  }

  #drop(ticket: Ticket): void {
    ticket.cancelled = true
    if (ticket.posted) ticket.memory.cancel()
    this.#free.push(ticket)
  }

  /** Memory for so many images that no thread is at. */
  #memory(count: number): SharedBatch {
    const at = this.#free.findIndex(({ memory }) => memory.left === 0 && memory.capacity >= count)
    if (at >= 0) {
      const [{ memory, serial }] = this.#free.splice(at, 1)
      this.#decoders?.reasonsOf(serial)
      return memory
    }
    // What is too small goes to the collector.
    this.#free = this.#free.filter(({ memory }) => memory.left > 0)
    return new SharedBatch(count, sizeOf(this.#form))
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error('imageStream: an open stream expected, got a closed one')
  }
}

const isSame = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a === b || (a.length === b.length && Array.prototype.every.call(a, (pick, i) => pick === b[i]))
