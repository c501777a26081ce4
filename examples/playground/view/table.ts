import { degrees } from '../../../models/index.ts'
import { titleOf } from '../../page/names.ts'
import type { Summary } from '../history.ts'
import type { Settings } from '../settings/settings.ts'
import type { Pair } from '../training/messages.ts'
import { element } from './element.ts'

const COLUMNS: readonly (readonly [title: string, cell: (summary: Summary) => string])[] = [
  ['loss', ({ loss }) => (Number.isNaN(loss) ? '–' : loss.toFixed(4))],
  ['balanced, %', ({ balanced }) => (100 * balanced).toFixed(1)],
  ['tail, %', ({ tail }) => (100 * tail).toFixed(1)],
  ['largest angle, °', ({ angle }) => degrees(angle).toFixed(1)],
]

/** What the curves show, in numbers, for whoever cannot see them: the newest first. */
export class Table {
  readonly #rows = element('rows')

  constructor() {
    const heads = [...COLUMNS, ...COLUMNS].map(([title]) => {
      const head = document.createElement('th')
      head.scope = 'col'
      head.textContent = title
      return head
    })
    element('columns').replaceChildren(...heads)
  }

  clear({ sides }: Settings): void {
    this.#rows.replaceChildren()
    element('left-column').textContent = `left: ${titleOf(sides[0].loss)}`
    element('right-column').textContent = `right: ${titleOf(sides[1].loss)}`
  }

  add(step: number, sides: Pair<Summary>): void {
    const row = document.createElement('tr')
    const cells = [String(step), ...sides.flatMap(side => COLUMNS.map(([, cell]) => cell(side)))]
    row.append(
      ...cells.map(text => {
        const cell = document.createElement('td')
        cell.textContent = text
        return cell
      }),
    )
    row.dataset.step = String(step)
    this.#rows.prepend(row)
  }
}
