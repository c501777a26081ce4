import { partsOf, titleOf } from '../../page/names.ts'
import { control } from './control.ts'
import type { ChoiceField, Value } from './field.ts'
import type { BackendChoice, Shared, Side } from './settings.ts'
import { SHARED_FIELDS } from './sharedFields.ts'
import { defaultSide, MARGIN_NAMES, sideFields } from './sideFields.ts'
import { LOSS_NAMES } from './url.ts'

const margins: ChoiceField = {
  kind: 'choice',
  name: 'margin',
  label: 'loss',
  hint: 'how the angle between an image and its class’s prototype counts',
  choices: MARGIN_NAMES.map(name => [name, titleOf(name)]),
}

const rules: ChoiceField = {
  kind: 'choice',
  name: 'prototypes',
  label: 'prototypes',
  hint: 'what a class is compared with: weights that the gradient trains, or the centre of its images (IR-Softmax)',
  choices: [
    ['learned', 'learned weights'],
    ['centres', 'class centres (IR)'],
  ],
}

const lossOf = (family: string, ir: boolean): string =>
  LOSS_NAMES.find(name => partsOf(name).family === family && partsOf(name).ir === ir) ?? family

/** Fills a fieldset with the controls of one side; they change with the loss. */
export function sideForm(fieldset: HTMLElement, side: Side, change: (side: Side) => void): void {
  const { ir, family } = partsOf(side.loss)
  const replace = (next: Side, focus: string): void => {
    sideForm(fieldset, next, change)
    fieldset.querySelector<HTMLElement>(`[data-field="${focus}"]`)?.focus()
    change(next)
  }
  let options = side.options
  const own = sideFields(side.loss, options.estimator).map(field =>
    control(field, options[field.name], value => {
      if (field.name === 'estimator') return replace(ofEstimator(side.loss, options, value), field.name)
      options = { ...options, [field.name]: value }
      change({ loss: side.loss, options })
    }),
  )
  const legend = fieldset.querySelector('legend')
  fieldset.replaceChildren(
    ...(legend ? [legend] : []),
    control(margins, family, value => replace(defaultSide(lossOf(String(value), ir)), 'margin')),
    control(rules, ir ? 'centres' : 'learned', value =>
      replace(kept(defaultSide(lossOf(family, value === 'centres')), options), 'prototypes'),
    ),
    ...own,
  )
}

/** With another estimator, the rate is that one's own; everything else stays. */
function ofEstimator(loss: string, options: Side['options'], estimator: Value): Side {
  const { alpha: _alpha, refreshEvery: _every, ...rest } = options
  return kept(defaultSide(loss, estimator), { ...rest, estimator })
}

/** `side` with those of `options` that it has too. */
const kept = (side: Side, options: Side['options']): Side => ({
  loss: side.loss,
  options: Object.fromEntries(
    Object.entries(side.options).map(([name, value]) => [name, options[name] ?? value]),
  ),
})

/** Fills a fieldset with what both sides share; a backend that is not offered cannot be chosen. */
export function sharedForm(
  fieldset: HTMLElement,
  shared: Shared,
  offered: ReadonlySet<BackendChoice>,
  change: (shared: Shared) => void,
): void {
  let now = shared
  fieldset.append(
    ...SHARED_FIELDS.map(field =>
      control(field, now[field.name as keyof Shared], value => {
        now = { ...now, [field.name]: value }
        change(now)
      }),
    ),
  )
  for (const option of fieldset.querySelectorAll<HTMLOptionElement>('[data-field="backend"] option')) {
    if (offered.has(option.value as BackendChoice)) continue
    option.disabled = true
    option.textContent += ' (not in this browser)'
  }
}
