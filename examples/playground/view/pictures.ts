import { degrees } from '../../../models/index.ts'
import type { History } from '../history.ts'
import type { Settings } from '../settings/settings.ts'
import type { Data, Pair, Sight } from '../training/messages.ts'
import { ByClass } from './byClass.ts'
import { Curves } from './curves.ts'
import { element } from './element.ts'
import { Embedding } from './embedding.ts'
import { followTheme } from './theme.ts'
import { Turntable } from './turn.ts'

const canvas = (id: string): HTMLCanvasElement => element(id, HTMLCanvasElement)

/** All pictures of the page. */
export class Pictures {
  readonly #table = new Turntable()
  readonly #embeddings: Pair<Embedding> = [
    new Embedding(canvas('left-embedding'), this.#table),
    new Embedding(canvas('right-embedding'), this.#table),
  ]
  readonly #angle = new ByClass(canvas('angle'), { label: 'angle, °', least: 5 })
  readonly #accuracy = new ByClass(canvas('accuracy'), { label: 'accuracy, %', top: 100 })
  readonly #loss = new Curves(canvas('loss'), { label: 'loss' })
  readonly #balanced = new Curves(canvas('balanced'), { label: 'balanced accuracy, %', top: 100 })
  readonly #turning = element('turn', HTMLButtonElement)
  #settings: Settings | undefined
  #data: Data | undefined

  constructor() {
    followTheme(element('theme', HTMLButtonElement), () => {
      for (const picture of this.#all()) picture.touch()
    })
    const show = (): void => this.#turning.setAttribute('aria-pressed', String(this.#table.turning))
    this.#turning.addEventListener('click', () => {
      this.#table.turning = !this.#table.turning
      show()
    })
    show()
  }

  begin(settings: Settings, data: Data): void {
    this.#settings = settings
    this.#data = data
    this.#turning.hidden = settings.shared.dim !== 3
  }

  show(sight: Pair<Sight>, history: History): void {
    const { dim, steps } = this.#settings!.shared
    const data = this.#data!
    this.#embeddings.forEach((picture, i) => {
      picture.show(sight[i], data, dim)
    })
    const [left, right] = sight
    this.#angle.show([left.angles.map(degrees), right.angles.map(degrees)], data.sizes, data.tail.length)
    const percent = ({ byClass }: Sight): Float64Array => byClass.map(share => 100 * share)
    this.#accuracy.show([percent(left), percent(right)], data.sizes, data.tail.length)
    this.#loss.show(history.losses, steps)
    this.#balanced.show([history.balanced(0), history.balanced(1)], steps)
  }

  draw(now: number): void {
    this.#table.advance(now)
    for (const picture of this.#all()) picture.draw(now)
  }

  #all() {
    return [...this.#embeddings, this.#angle, this.#accuracy, this.#loss, this.#balanced]
  }
}
