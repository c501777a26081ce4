import { degrees } from '../../models/index.ts'
import { History } from './history.ts'
import type { Settings } from './settings/settings.ts'
import { Client } from './training/client.ts'
import type { Data, Pair, Reply, Sight } from './training/messages.ts'
import { element } from './view/element.ts'
import { Meter } from './view/meter.ts'
import { Pictures } from './view/pictures.ts'
import { Table } from './view/table.ts'
import { Texts } from './view/texts.ts'

/** What the run is about, as the page's buttons and its test see it. */
type State = 'loading' | 'ready' | 'running' | 'paused' | 'finished' | 'failed'

/** One run after another: what its buttons ask for goes to the worker, what the worker tells goes to the pictures. */
export class Playground {
  readonly #client = new Client(reply => this.#hear(reply))
  readonly #pictures = new Pictures()
  readonly #table = new Table()
  readonly #texts = new Texts()
  readonly #steps = new Meter()
  readonly #frames = new Meter()
  readonly #go = element('go', HTMLButtonElement)
  readonly #step = element('step', HTMLButtonElement)
  readonly #reset = element('reset', HTMLButtonElement)
  #settings: Settings | undefined
  #history = new History()
  #data: Data | undefined
  #state: State = 'loading'
  /** Whether a run that is being prepared is to start by itself. */
  #goOn = false

  constructor() {
    this.#go.addEventListener('click', () => (this.#state === 'running' ? this.#pause() : this.#start()))
    this.#step.addEventListener('click', () => this.#client.step())
    this.#reset.addEventListener('click', () => this.#again(false))
    requestAnimationFrame(now => this.#frame(now))
  }

  /** Begins anew with other settings, and goes on training if it was. */
  prepare(settings: Settings): void {
    this.#settings = settings
    this.warn([])
    this.#again(this.#state === 'running' || this.#goOn)
  }

  /** Something for the reader that passes. */
  say(text: string): void {
    this.#texts.say(text)
  }

  /** Something that is wrong, and stays to be read. */
  warn(problems: readonly string[]): void {
    this.#texts.warn(problems)
  }

  #again(goOn: boolean): void {
    if (this.#settings === undefined) return
    this.#goOn = goOn
    this.#enter('loading')
    this.#client.prepare(this.#settings)
  }

  #start(): void {
    if (this.#state === 'finished') {
      this.#again(true)
      return
    }
    this.#enter('running')
    this.#frames.clear()
    this.#client.go()
  }

  #pause(): void {
    this.#client.pause()
  }

  #hear(reply: Reply): void {
    if (reply.kind === 'ready') this.#ready(reply)
    else if (reply.kind === 'stepped') {
      this.#steps.add(performance.now())
      this.#history.stepped(reply.step, reply.losses)
      this.#texts.count(reply.step, this.#settings!.shared.steps)
    } else if (reply.kind === 'sight') this.#see(reply.sight)
    else if (reply.kind === 'rests') this.#enter(reply.finished ? 'finished' : 'paused')
    else {
      this.#goOn = false
      this.warn([reply.error])
      this.#enter('failed')
    }
  }

  #ready({ data, place }: Extract<Reply, { kind: 'ready' }>): void {
    const settings = this.#settings!
    this.#history = new History()
    this.#data = data
    this.#table.clear(settings)
    this.#texts.begin(settings, data, place)
    this.#pictures.begin(settings, data)
    this.#enter('ready')
    if (this.#goOn) this.#start()
    this.#goOn = false
  }

  #see(sight: Pair<Sight>): void {
    this.#history.saw(sight)
    this.#pictures.show(sight, this.#history)
    const last = this.#history.sights.at(-1)!
    this.#table.add(last.step, last.sides)
    this.#texts.see(
      last.sides,
      sight.map(({ angles }) => Array.from(angles, degrees)),
      this.#data!,
    )
  }

  #enter(state: State): void {
    this.#state = state
    this.#steps.rest()
    this.#texts.state(state)
    const able = state === 'ready' || state === 'paused' || state === 'running' || state === 'finished'
    this.#go.disabled = !able
    this.#go.textContent =
      state === 'running' ? 'Pause' : state === 'finished' ? 'Again' : state === 'paused' ? 'Go on' : 'Start'
    this.#step.disabled = state !== 'ready' && state !== 'paused'
    this.#reset.disabled = state === 'loading' || state === 'ready'
  }

  #frame(now: number): void {
    requestAnimationFrame(next => this.#frame(next))
    if (this.#state === 'running' && !document.hidden) this.#frames.add(now)
    else this.#frames.rest()
    this.#pictures.draw(now)
    if (this.#state === 'running') this.#texts.speed(now, this.#steps, this.#frames)
  }
}
