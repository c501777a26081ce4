import { lossByName } from '../../../losses/index.ts'
import { classColor } from '../../page/colors.ts'
import { titleOf } from '../../page/names.ts'
import type { Summary } from '../history.ts'
import type { Settings } from '../settings/settings.ts'
import { SIDES } from '../settings/url.ts'
import type { Data, Pair, Place } from '../training/messages.ts'
import { element } from './element.ts'
import { equationLines } from './equation.ts'
import type { Meter } from './meter.ts'

/** How often the speed is written anew, in milliseconds. */
const PACE = 500
/** How long something that passes is to be read. */
const MOMENT = 2500

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

const STATES: Readonly<Record<string, string>> = {
  loading: 'Loading',
  ready: 'Ready',
  running: 'Training',
  paused: 'Paused',
  finished: 'Finished',
  failed: 'Failed',
}

/** What the page says in words: titles, figures, what computes, how fast. */
export class Texts {
  readonly #count = element('count')
  readonly #state = element('state')
  readonly #speed = element('speed')
  readonly #progress = element('progress', HTMLProgressElement)
  #written = 0
  #passing: ReturnType<typeof setTimeout> | undefined

  begin({ shared, sides }: Settings, data: Data, { title, software }: Place): void {
    for (const [i, name] of SIDES.entries()) {
      element(`${name}-title`).textContent = titleOf(sides[i].loss)
      element(`${name}-equation`).replaceChildren(...equationLines(lossByName(sides[i].loss).equation))
      element(`${name}-figures`).textContent = ''
    }
    element('place').textContent = software ? `${title}, a software renderer: wasm is faster` : title
    element('space').hidden = shared.dim !== 3
    element('sample').textContent =
      `Of ${data.sample} test images along the way; after the last step, of all ${data.all}.`
    element('classes').replaceChildren(...data.digits.map((digit, j) => classItem(digit, j, data)))
    for (const legend of document.querySelectorAll('.legend')) {
      legend.replaceChildren(...SIDES.map((name, i) => sideItem(name, titleOf(sides[i].loss))))
    }
    this.count(0, shared.steps)
    this.#speed.textContent = ''
  }

  count(step: number, steps: number): void {
    this.#count.textContent = `step ${step} of ${steps}`
    this.#count.dataset.step = String(step)
    this.#progress.max = steps
    this.#progress.value = step
  }

  state(state: string): void {
    clearTimeout(this.#passing)
    this.#state.dataset.state = state
    this.#state.textContent = STATES[state]
  }

  /** Stands where the state does, for a moment. */
  say(text: string): void {
    this.#state.textContent = text
    clearTimeout(this.#passing)
    this.#passing = setTimeout(() => {
      this.#state.textContent = STATES[this.#state.dataset.state ?? '']
    }, MOMENT)
  }

  warn(problems: readonly string[]): void {
    const list = element('problems')
    list.hidden = problems.length === 0
    list.replaceChildren(
      ...problems.map(text => Object.assign(document.createElement('li'), { textContent: text })),
    )
  }

  see(sides: Pair<Summary>, angles: readonly (readonly number[])[], { tail }: Data): void {
    for (const [i, name] of SIDES.entries()) {
      const { balanced, tail: rare, whole } = sides[i]
      const figures = `balanced ${percent(balanced)}, tail ${percent(rare)}${whole ? ', of all test images' : ''}`
      element(`${name}-figures`).textContent = figures
      element(`${name}-embedding`).setAttribute('aria-label', `Embedding: ${figures}`)
    }
    const mean = (values: readonly number[], classes: readonly number[]): string =>
      (classes.reduce((sum, j) => sum + values[j], 0) / classes.length).toFixed(1)
    const angle = SIDES.map((name, i) => `${name} ${mean(angles[i], tail)}°`).join(', ')
    element('angle').setAttribute('aria-label', `Angle of prototype to centre, mean over the tail: ${angle}`)
    const said = (what: keyof Summary): string =>
      SIDES.map((name, i) => `${name} ${percent(Number(sides[i][what]))}`).join(', ')
    element('accuracy').setAttribute('aria-label', `Accuracy by class, mean over the tail: ${said('tail')}`)
    element('balanced').setAttribute('aria-label', `Balanced accuracy, now: ${said('balanced')}`)
    const loss = SIDES.map((name, i) => `${name} ${sides[i].loss.toFixed(2)}`).join(', ')
    element('loss').setAttribute('aria-label', `Training loss of the last batch: ${loss}`)
  }

  speed(now: number, steps: Meter, frames: Meter): void {
    if (now - this.#written < PACE) return
    this.#written = now
    const rates = { steps: steps.perSecond, frames: frames.perSecond, longest: frames.longest }
    this.#speed.textContent =
      `${rates.steps.toFixed(1)} steps a second on both sides; ` +
      `${rates.frames.toFixed(0)} frames a second, the longest ${rates.longest.toFixed(0)} ms.`
    for (const [name, rate] of Object.entries(rates)) this.#speed.dataset[name] = String(rate)
  }
}

function classItem(digit: number, j: number, { sizes, tail }: Data): HTMLElement {
  const item = document.createElement('li')
  const name = document.createElement('b')
  name.textContent = String(digit)
  name.style.setProperty('--class', classColor(j, sizes.length))
  const images = `${sizes[j]} ${sizes[j] === 1 ? 'image' : 'images'}`
  item.append(name, ` ${images}${tail.includes(j) ? ', tail' : ''}`)
  return item
}

function sideItem(name: string, title: string): HTMLElement {
  const item = document.createElement('li')
  const swatch = document.createElement('span')
  swatch.className = `swatch ${name}`
  item.append(swatch, ` ${title}`)
  return item
}
