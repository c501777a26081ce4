/** What a thread of `Decoders` runs. */
import { workerData } from 'node:worker_threads'
import { decodeImages } from '../decode.ts'
import { sizeOf } from '../form.ts'
import { readBytes } from '../unreadable.ts'
import type { Told } from './decoders.ts'
import { DECODED, type Encoded, FAILED, type Job, LEFT, NEXT, STATES } from './sharedBatch.ts'
import { writeAs } from './writeAs.ts'

const { port, settings, form } = workerData as Told
const size = sizeOf(form)

port.on('message', (job: Job) => {
  const control = new Int32Array(job.control)
  for (let i = take(control, job); i >= 0; i = take(control, job)) {
    let state = DECODED
    try {
      decode(job, i)
    } catch (error) {
      state = FAILED
      port.postMessage({ serial: job.serial, image: i, reason: (error as Error).message })
    }
    Atomics.store(control, STATES + i, state)
    if (Atomics.sub(control, LEFT, 1) === 1) Atomics.notify(control, LEFT)
  }
})

/** The next image of a batch that no thread has taken; -1 where none is left. */
function take(control: Int32Array, { first, names }: Job): number {
  for (;;) {
    const next = Atomics.load(control, NEXT)
    if (next >= first + names.length) return -1
    if (Atomics.compareExchange(control, NEXT, next, next + 1) === next) return next - first
  }
}

function decode({ names, encoded, pixels }: Job, i: number): void {
  const file = names[i]
  const read = encoded === undefined ? readBytes(file) : { file, bytes: bytesOf(encoded, i) }
  if (read instanceof Error) throw read
  const [image] = decodeImages([read], settings)
  if (image instanceof Error) throw image
  writeAs(form, image, new Uint8Array(pixels, i * size, size))
}

/** A copy: not all decoders take shared memory. */
function bytesOf({ bytes, ends, reasons }: Encoded, i: number): Uint8Array {
  if (reasons[i] !== undefined) throw new Error(reasons[i])
  return new Uint8Array(bytes).slice(i === 0 ? 0 : ends[i - 1], ends[i])
}
