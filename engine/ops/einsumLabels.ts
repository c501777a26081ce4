import { shown } from '../check.ts'
import { format, type Shape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { permute, slice } from './movement.ts'
import { reshape } from './reduce.ts'

/** A tensor, and a label for each of its axes. */
export interface Labelled {
  readonly x: Tensor
  readonly labels: readonly string[]
}

/** Labels of the axes of the operands and of the result; axes of `...` are numbered from the right. */
export function labelsOf(
  equation: string,
  shapes: readonly Shape[],
): { inputs: string[][]; output: string[] } {
  const text = equation.replace(/\s/g, '')
  const term = '[a-zA-Z]*(\\.\\.\\.)?[a-zA-Z]*'
  if (!new RegExp(`^${term}(,${term})*(->${term})?$`).test(text)) {
    throw new Error(`einsum: an equation of letters, such as 'ij,jk->ik', expected, got ${shown(equation)}`)
  }
  const [left, right] = text.split('->')
  const terms = left.split(',')
  if (terms.length !== shapes.length) {
    throw new Error(`einsum: ${terms.length} tensors expected by ${shown(equation)}, got ${shapes.length}`)
  }
  const inputs = terms.map((term, i) => {
    const more = shapes[i].length - term.replace('...', '').length
    if (more < 0 || (more > 0 && !term.includes('...'))) {
      throw new Error(
        `einsum: the axes ${shown(term)} expected of operand ${i}, got shape ${format(shapes[i])}`,
      )
    }
    return spelled(term, more)
  })
  const stretch = Math.max(0, ...inputs.map(labels => labels.filter(isNumbered).length))
  return {
    inputs,
    output: right === undefined ? implied(inputs, stretch) : checked(equation, right, inputs, stretch),
  }
}

const isNumbered = (label: string): boolean => label.startsWith('.')

/** The letters of a term, and `.2`, `.1`, `.0` in the place of three dots for three axes. */
function spelled(term: string, count: number): string[] {
  const at = term.indexOf('...')
  if (at < 0) return [...term]
  const numbered = Array.from({ length: count }, (_, i) => `.${count - 1 - i}`)
  return [...term.slice(0, at), ...numbered, ...term.slice(at + 3)]
}

/** The axes of `...`, and the letters that come once. */
function implied(inputs: readonly string[][], stretch: number): string[] {
  const letters = inputs.flat().filter(label => !isNumbered(label))
  const once = letters.filter(label => letters.indexOf(label) === letters.lastIndexOf(label))
  return [...spelled('...', stretch), ...once.sort()]
}

function checked(equation: string, right: string, inputs: readonly string[][], stretch: number): string[] {
  const output = spelled(right, stretch)
  const known = new Set(inputs.flat())
  const wrong = output.find((label, i) => !known.has(label) || output.indexOf(label) < i)
  if (wrong === undefined) return output
  throw new Error(
    `einsum: each label of the result once, from an operand, expected, got ${wrong} in ${shown(equation)}`,
  )
}

/** How long the axes of each label are; one of size 1 stretches to others of its label. */
export function sizesOf(inputs: readonly string[][], shapes: readonly Shape[]): Map<string, number> {
  const sizes = new Map<string, number>()
  inputs.forEach((labels, i) => {
    labels.forEach((label, axis) => {
      const [n, known] = [shapes[i][axis], sizes.get(label) ?? 1]
      if (n !== known && n !== 1 && known !== 1) {
        throw new Error(`einsum: one size of ${label} expected, got ${known} and ${n}`)
      }
      if (n !== 1 || known === 1) sizes.set(label, n)
    })
  })
  return sizes
}

/** With each label once: axes that share one become their diagonal. An axis of size 1 that is to stretch goes. */
export function diagonals({ x, labels }: Labelled, sizes: ReadonlyMap<string, number>): Labelled {
  const short = labels.flatMap((label, i) => (x.shape[i] === sizes.get(label) ? [] : [i]))
  if (short.length > 0) {
    const kept = labels.filter((_, i) => !short.includes(i))
    return diagonals(
      {
        x: reshape(
          x,
          x.shape.filter((_, i) => !short.includes(i)),
        ),
        labels: kept,
      },
      sizes,
    )
  }
  const twice = labels.find((label, i) => labels.indexOf(label) < i)
  if (twice === undefined) return { x, labels }
  const [a, b] = [labels.indexOf(twice), labels.lastIndexOf(twice)]
  const n = x.shape[a]
  const others = labels.map((_, i) => i).filter(i => i !== a && i !== b)
  const lead = others.map(i => x.shape[i])
  // Along both axes in one line, the diagonal's elements lie n + 1 apart.
  const flat = reshape(permute(x, [...others, a, b]), [...lead, n * n])
  const starts = lead.map(() => 0)
  const diagonal = slice(flat, [...starts, 0], [...lead, n * n], [...lead.map(() => 1), n + 1])
  return diagonals({ x: diagonal, labels: [...others.map(i => labels[i]), twice] }, sizes)
}
