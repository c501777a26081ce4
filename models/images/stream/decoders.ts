import { type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { DecodeSettings } from '../decode.ts'
import type { Form } from '../form.ts'
import type { Job } from './sharedBatch.ts'

/** What a thread is told at its start. */
export interface Told {
  readonly port: MessagePort
  readonly settings: DecodeSettings
  readonly form: Form
}

/** An image that a thread could not decode, or why it can do nothing more. */
type Report =
  | { readonly serial: number; readonly image: number; readonly reason: string }
  | { readonly fatal: string }

/** The thread's module, of the sources, which need a loader, or of the package. */
function modules(): { module: string; loader: string | undefined } {
  const sources = import.meta.url.endsWith('.ts')
  return {
    module: new URL(sources ? './worker.ts' : './worker.js', import.meta.url).href,
    loader: sources ? import.meta.resolve('tsx/esm/api') : undefined,
  }
}

/** Loads the thread's module, and reports what nothing else catches: the main thread, while it waits, hears no events. */
const START = `
const { workerData: { port, module, loader } } = require('node:worker_threads')
const fatal = error => port.postMessage({ fatal: String(error?.message ?? error) })
process.on('uncaughtException', fatal)
const start = async () => {
  if (loader !== undefined) (await import(loader)).register()
  await import(module)
}
start().catch(fatal)
`

/** Threads that decode images, of which several share a batch. They keep no process alive. */
export class Decoders {
  readonly #workers: readonly Worker[]
  readonly #ports: readonly MessagePort[]
  /** Why images could not be read, by the batch's serial number. */
  readonly #reasons = new Map<number, Map<number, string>>()
  #fatal: string | undefined

  constructor(count: number, settings: DecodeSettings, form: Form) {
    const channels = Array.from({ length: count }, () => new MessageChannel())
    this.#ports = channels.map(({ port1 }) => port1 as unknown as MessagePort)
    this.#workers = channels.map(({ port2 }) => {
      const port = port2 as unknown as MessagePort
      const workerData = { port, settings, form, ...modules() }
      // Without what a loader such as tsx adds to this thread's start.
      const worker = new Worker(START, { eval: true, execArgv: [], workerData, transferList: [port] })
      worker.on('error', error => {
        this.#fatal ??= (error as Error).message
      })
      worker.on('exit', () => {
        // What it said at last is the reason.
        this.#listen()
        this.#fatal ??= 'it ended'
      })
      worker.unref()
      return worker
    })
  }

  post(job: Job): void {
    for (const port of this.#ports) port.postMessage(job)
  }

  #listen(): void {
    for (const port of this.#ports) {
      for (let said = receiveMessageOnPort(port); said !== undefined; said = receiveMessageOnPort(port)) {
        const report = said.message as Report
        if ('fatal' in report) this.#fatal ??= report.fatal
        else {
          const reasons = this.#reasons.get(report.serial) ?? new Map<number, string>()
          this.#reasons.set(report.serial, reasons.set(report.image, report.reason))
        }
      }
    }
  }

  /** Hears what threads have said. Throws when one of them can do nothing more. */
  hear(): void {
    this.#listen()
    if (this.#fatal !== undefined)
      throw new Error(`imageStream: a thread that decodes expected, got: ${this.#fatal}`)
  }

  /** Why images of a batch that is done could not be read; asked for once. */
  reasonsOf(serial: number): ReadonlyMap<number, string> {
    const reasons = this.#reasons.get(serial) ?? new Map<number, string>()
    this.#reasons.delete(serial)
    return reasons
  }

  async close(): Promise<void> {
    this.#fatal = 'it was closed'
    for (const port of this.#ports) port.close()
    await Promise.all(this.#workers.map(worker => worker.terminate()))
  }
}
