import { type Field, formatValue, parseValue, type Value } from './field.ts'

let controls = 0

/** A labelled control for a field, with its hint; `change` hears of every new value that the field accepts. */
export function control(field: Field, value: Value, change: (value: Value) => void): HTMLElement {
  const row = document.createElement('div')
  row.className = `control ${field.kind}`
  const label = document.createElement('label')
  label.textContent = field.label
  label.title = field.hint
  const input = inputOf(field, value)
  input.id = label.htmlFor = `control-${controls++}`
  input.title = field.hint
  input.dataset.field = field.name
  row.append(label, input)
  const shown =
    field.kind === 'number' && !field.typed ? row.appendChild(document.createElement('output')) : undefined
  const show = (value: Value): void => {
    if (shown === undefined) return
    shown.value = formatValue(field, value)
    shown.htmlFor.value = input.id
  }
  show(value)
  input.addEventListener('input', () => {
    const text =
      input instanceof HTMLInputElement && input.type === 'checkbox' ? String(input.checked) : input.value
    const next = parseValue(field, text)
    input.setAttribute('aria-invalid', String(next === undefined))
    if (next === undefined) return
    show(next)
    change(next)
  })
  return row
}

function inputOf(field: Field, value: Value): HTMLInputElement | HTMLSelectElement {
  if (field.kind === 'choice') {
    const select = document.createElement('select')
    select.append(...field.choices.map(([name, label]) => new Option(label, String(name))))
    select.value = String(value)
    return select
  }
  const input = document.createElement('input')
  if (field.kind === 'switch') {
    input.type = 'checkbox'
    input.checked = value === true
  } else {
    input.type = field.typed ? 'number' : 'range'
    const { min, max, step } = field
    Object.assign(input, { min: String(min), max: String(max), step: String(step) })
    input.value = String(value)
  }
  return input
}
