import { DIGITS_FILE } from '../digits/format.ts'
import type { BackendChoice, Settings } from '../settings/settings.ts'
import type { Reply, Request } from './messages.ts'

/**
 * The page's end of the worker. A worker serves one backend: with another a new one starts, so that nothing of a graphics
 * card or of threads stays behind. Replies of earlier settings are dropped.
 */
export class Client {
  readonly #listen: (reply: Reply) => void
  #worker: Worker | undefined
  #backend: BackendChoice | undefined
  #run = 0

  constructor(listen: (reply: Reply) => void) {
    this.#listen = listen
  }

  prepare(settings: Settings): void {
    const { backend } = settings.shared
    if (this.#worker === undefined || backend !== this.#backend) this.#start(backend)
    const digits = new URL(DIGITS_FILE, document.baseURI).href
    this.#send({ kind: 'prepare', run: ++this.#run, settings, digits })
  }

  go(): void {
    this.#send({ kind: 'go' })
  }

  pause(): void {
    this.#send({ kind: 'pause' })
  }

  step(): void {
    this.#send({ kind: 'step' })
  }

  #start(backend: BackendChoice): void {
    this.#worker?.terminate()
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      if (data.run === this.#run) this.#listen(data)
    }
    worker.onerror = ({ message }) => {
      // It is of no use any more: the next settings get another.
      if (worker === this.#worker) this.#worker = undefined
      const error = `the worker ended: ${message || 'its program could not be loaded'}`
      this.#listen({ kind: 'failed', run: this.#run, error })
    }
    this.#worker = worker
    this.#backend = backend
  }

  #send(request: Request): void {
    this.#worker?.postMessage(request)
  }
}
