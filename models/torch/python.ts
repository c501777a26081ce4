/** Values as Python writes them. */
export const literal = (value: number | boolean | string | readonly number[]): string => {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  if (typeof value === 'number') return number(value)
  return `(${value.map(number).join(', ')}${value.length === 1 ? ',' : ''})`
}

const number = (x: number): string => (Number.isFinite(x) ? String(x) : `float('${x}')`)

/** A call with arguments by name. */
export const call = (
  name: string,
  args: Readonly<Record<string, number | boolean | readonly number[]>>,
): string =>
  `${name}(${Object.entries(args)
    .map(([key, value]) => `${key}=${literal(value)}`)
    .join(', ')})`

/** A docstring, of several lines where it is long. */
export function docstring(text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.length - 1
    if (lines[last].length + word.length > 120) lines.push(word)
    else lines[last] += lines[last] === '' ? word : ` ${word}`
  }
  return lines.length === 1 ? `"""${text}"""` : `"""${lines.join('\n')}\n"""`
}

/** The text with each line further in by so many levels of four spaces. */
export const indented = (text: string, levels: number): string =>
  text
    .split('\n')
    .map(line => (line === '' ? line : ' '.repeat(4 * levels) + line))
    .join('\n')

/** What PyTorch's program cannot say, and why. */
export interface Unsupported {
  readonly unsupported: string
}

export const unsupported = (why: string): Unsupported => ({ unsupported: why })

export const isUnsupported = (form: unknown): form is Unsupported =>
  typeof form === 'object' && form !== null && 'unsupported' in form

/** The form, or an error that names what has none. */
export function said<F>(what: string, form: F | Unsupported): F {
  if (isUnsupported(form)) {
    throw new Error(`exportTorch: ${what} has no form in PyTorch here: ${form.unsupported}`)
  }
  return form
}
