import { type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'

/** What sharp makes of a file: pixels of 8 or 16 bits a sample, or why not. */
export interface Answer {
  readonly error?: string
  readonly height: number
  readonly width: number
  readonly channels: number
  /** Missing when the image has more pixels than asked for. */
  readonly data?: Uint8Array | Uint16Array
  readonly cmyk: boolean
  readonly format?: string
  readonly exif?: Uint8Array
  readonly orientation?: number
}

/**
 * What the thread runs. sharp answers later and our functions at once, so another thread waits for it; of a call's images it
 * decodes several at a time. A text, since a file could not be named the same way in the sources, the package and a bundle.
 */
const SERVE = `
const { workerData: { path, port, count } } = require('node:worker_threads')
const tell = message => {
  const buffers = [message].flat().flatMap(({ data }) => data === undefined ? [] : [data.buffer])
  port.postMessage(message, buffers)
  Atomics.add(count, 0, 1)
  Atomics.notify(count, 0)
}
let sharp
const decode = async (bytes, maxPixels, failOn = 'warning') => {
  try {
    const input = { ignoreIcc: true, limitInputPixels: false, failOn }
    const { width, height, depth, space, exif, orientation, format } = await sharp(bytes, input).metadata()
    const about = { width, height, exif, orientation, format, cmyk: space === 'cmyk', channels: 0 }
    if (width * height > maxPixels) return about
    if (depth !== 'uchar' && !(depth === 'ushort' && ['rgb16', 'grey16'].includes(space))) {
      return { error: 'samples of ' + depth + ' in ' + space }
    }
    let image = sharp(bytes, input)
    if (about.cmyk) image = image.pipelineColourspace('cmyk').toColourspace('cmyk')
    if (depth === 'ushort') image = image.toColourspace(space).raw({ depth })
    else image = image.raw()
    const { data, info } = await image.toBuffer({ resolveWithObject: true })
    const own = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)
    const pixels = depth === 'ushort' ? new Uint16Array(own) : new Uint8Array(own)
    return { ...about, channels: info.channels, data: pixels }
  } catch (error) {
    const message = String(error.message)
    // Bytes between the last pixel and the end of the file are harmless, and cameras write them.
    const whole = failOn === 'warning' && /extraneous bytes before marker 0xd9/.test(message)
    return whole ? decode(bytes, maxPixels, 'error') : { error: message }
  }
}
port.on('message', async ({ files, maxPixels }) =>
  tell(await Promise.all(files.map(({ bytes }) => decode(bytes, maxPixels)))))
try {
  sharp = require(path)
  tell({})
} catch (error) {
  tell({ error: String(error.message) })
}
`

/** How long a thread may take to start, which takes it some 150, and to decode a few images, in milliseconds. */
const PATIENCE = { start: 60_000, decode: 600_000 }

/** The same bytes with nothing beside them: a message carries the whole buffer, and an archive of images may be one. */
const alone = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength < bytes.buffer.byteLength ? Uint8Array.from(bytes) : bytes

/** A thread with sharp on it, of which one asks and waits. */
export class SharpThread {
  readonly #port: MessagePort
  readonly #count = new Int32Array(new SharedArrayBuffer(4))
  #heard = 0
  #late = false

  /** With sharp at `path`. Throws with sharp's reason when it does not load. */
  constructor(path: string) {
    const { port1, port2 } = new MessageChannel() as unknown as { port1: MessagePort; port2: MessagePort }
    this.#port = port1
    const workerData = { path, port: port2, count: this.#count }
    // Without what a loader such as tsx adds to this thread's start: the worker has no use for it.
    new Worker(SERVE, { eval: true, execArgv: [], workerData, transferList: [port2] }).unref()
    const { error } = this.#wait<{ error?: string }>(PATIENCE.start)
    if (error !== undefined) throw new Error(error)
  }

  /** What sharp makes of each of the files. */
  decode(files: readonly { readonly bytes: Uint8Array }[], maxPixels: number): Answer[] {
    this.#port.postMessage({ files: files.map(({ bytes }) => ({ bytes: alone(bytes) })), maxPixels })
    return this.#wait(PATIENCE.decode)
  }

  #wait<T>(patience: number): T {
    // Once late, what it says next may answer an older question.
    this.#late ||= Atomics.wait(this.#count, 0, this.#heard, patience) === 'timed-out'
    if (this.#late) throw new Error(`sharp: an answer in ${patience / 1000} s expected, got none`)
    this.#heard++
    return receiveMessageOnPort(this.#port)!.message
  }
}
