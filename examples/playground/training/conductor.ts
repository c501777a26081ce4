import type { Images } from '../../long-tail/images.ts'
import type { BackendChoice } from '../settings/settings.ts'
import type { Place, Reply, Request } from './messages.ts'
import { Session } from './session.ts'

/** Steps from one look at the nets to the next. */
export const EVERY = 10

/** What a conductor needs of its surroundings; tests bring others. */
export interface Surroundings {
  post(reply: Reply): void
  settle(choice: BackendChoice): Promise<Place>
  /** The digits of the file at that address. */
  fetch(url: string): Promise<readonly Images[]>
  /** Resolves when what else happened had its turn. */
  breathe(): Promise<void>
}

/**
 * Does what the page asks, one request after another. Training goes on until the last step or the next request, which is
 * answered after the step that is under way.
 */
export class Conductor {
  readonly #around: Surroundings
  #queue: Promise<void> = Promise.resolve()
  #run = 0
  #session: Session | undefined
  /** Requests that came and are not answered yet, without the one that is being answered. */
  #waiting = 0
  /** The step of the last look. */
  #looked = -1

  constructor(around: Surroundings) {
    this.#around = around
  }

  /** Resolves when the request was answered; of `go`, when training rests again. */
  receive(request: Request): Promise<void> {
    this.#waiting++
    this.#queue = this.#queue.then(async () => {
      this.#waiting--
      try {
        await this.#answer(request)
      } catch (error) {
        this.#session = undefined
        this.#post({ kind: 'failed', error: error instanceof Error ? error.message : String(error) })
      }
    })
    return this.#queue
  }

  async #answer(request: Request): Promise<void> {
    if (request.kind === 'prepare') {
      this.#run = request.run
      this.#session = undefined
      const place = await this.#around.settle(request.settings.shared.backend)
      const session = new Session(await this.#around.fetch(request.digits), request.settings)
      this.#session = session
      this.#looked = -1
      this.#post({ kind: 'ready', place, data: session.data })
      await this.#look(session)
    } else if (this.#session !== undefined) {
      if (request.kind === 'step') await this.#take(this.#session)
      if (request.kind === 'go') await this.#train(this.#session)
      await this.#look(this.#session)
      this.#post({ kind: 'rests', finished: this.#session.finished })
    }
  }

  async #train(session: Session): Promise<void> {
    while (this.#waiting === 0 && !session.finished) {
      await this.#take(session)
      await this.#around.breathe()
    }
  }

  async #take(session: Session): Promise<void> {
    if (session.finished) return
    const losses = await session.take()
    this.#post({ kind: 'stepped', step: session.step, losses })
    if (session.step % EVERY === 0) await this.#look(session)
  }

  /** Unless it looked at this step before. */
  async #look(session: Session): Promise<void> {
    if (this.#looked === session.step) return
    this.#looked = session.step
    this.#post({ kind: 'sight', sight: await session.look() })
  }

  #post(reply: Unnumbered<Reply>): void {
    this.#around.post({ ...reply, run: this.#run } as Reply)
  }
}

type Unnumbered<R> = R extends Reply ? Omit<R, 'run'> : never
