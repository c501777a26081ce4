import { refusal } from '../check.ts'
import { reals } from '../domain.ts'
import { apply } from '../op.ts'
import type { Shape } from '../shape.ts'
import type { OpSpec } from '../spec.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { mul } from './arithmetic.ts'
import { diagonals, type Labelled, labelsOf, sizesOf } from './einsumLabels.ts'
import { matmul } from './matmul.ts'
import { permute } from './movement.ts'
import { reshape, sum } from './reduce.ts'

/**
 * Sums of products by labels of axes, as numpy.einsum and torch.einsum: einsum('bij,bjk->bik', x, y) is a batch of matrix
 * products, 'ii->i' a diagonal, 'i,j->ij' an outer product. A letter is an axis; those that the right side leaves out are
 * summed over; `...` stands for any axes, which broadcast. Without `->` the right side is `...` and the letters that come
 * once, by the alphabet. Operands are multiplied from left to right, by matmul where there is something to sum over.
 * Throws on an equation that does not fit the operands.
 */
export function einsum(equation: string, ...xs: Tensor[]): Tensor {
  if (typeof equation !== 'string') throw refusal('einsum', "an equation, such as 'ij,jk->ik',", equation)
  if (xs.length === 0) throw new Error('einsum: at least one tensor expected, got none')
  xs.forEach((x, i) => {
    checkTensor('einsum', `x${i}`, x)
  })
  return apply(einsumOp(xs.length), Object.fromEntries(xs.map((x, i) => [`x${i}`, x])), { equation })
}

/** Equations of two operands, for the tests. */
const SAMPLES = [
  'ij,jk->ik',
  'bij,bkj->bki',
  'i,j->ji',
  'ij,ij',
  'ij,ij->j',
  '...ij,...jk->...ik',
  'iij,i->j',
  'bi,j->b',
  'ab,ab->ab',
]

/** The op differs by its number of operands alone. */
export const einsumOp = (n: number): OpSpec<string, { equation: string }> => {
  const names = Array.from({ length: n }, (_, i) => `x${i}`)
  const shapesIn = (shapes: Readonly<Record<string, Shape>>): Shape[] => names.map(name => shapes[name])
  const ones = names.map(() => 'ij').join(',')
  return {
    name: 'einsum',
    signature: `${names.map(name => `${name}[...]`).join(' ')} -> [...]`,
    equation: 'sum of products by labels',
    domain: Object.fromEntries(names.map(name => [name, reals])),
    integers: 'products',
    attrs: {
      equation(op, _, value) {
        if (typeof value !== 'string') throw refusal(op, "an equation, such as 'ij,jk->ik',", value)
      },
    },
    examples: [
      {
        inputs: Object.fromEntries(names.map(name => [name, [[1, 2]]])),
        attrs: { equation: `${ones}->j` },
        z: [1, 2 ** n],
      },
    ],
    sample(rng) {
      const equation = SAMPLES[rng.integer(0, SAMPLES.length - 1)]
      const size: Record<string, number> = {}
      const shapes = equation
        .split('->')[0]
        .split(',')
        .map(term => {
          const lead = term.startsWith('...') ? [rng.uniform() < 0.5 ? 1 : 2] : []
          return [
            ...lead,
            ...Array.from(term.replace('...', ''), label => (size[label] ??= rng.integer(1, 3))),
          ]
        })
      return { shapes: Object.fromEntries(shapes.map((shape, i) => [`x${i}`, shape])), attrs: { equation } }
    },
    shape(shapes, { equation }) {
      const given = shapesIn(shapes)
      const { inputs, output } = labelsOf(equation, given)
      const sizes = sizesOf(inputs, given)
      return output.map(label => sizes.get(label) as number)
    },
    compose(inputs, { equation }, shape) {
      const xs = names.map(name => inputs[name])
      const labels = labelsOf(
        equation,
        xs.map(x => x.shape),
      )
      const sizes = sizesOf(
        labels.inputs,
        xs.map(x => x.shape),
      )
      const terms = xs.map((x, i) => diagonals({ x, labels: labels.inputs[i] }, sizes))
      /** What is asked for after the first i operands. */
      const later = (i: number): Set<string> =>
        new Set([...labels.output, ...terms.slice(i).flatMap(term => term.labels)])
      let z = summed(terms[0], later(1))
      for (let i = 1; i < terms.length; i++) {
        const wanted = later(i + 1)
        z = product(z, summed(terms[i], new Set([...wanted, ...z.labels])), wanted)
      }
      return reshape(ordered(z, labels.output).x, shape)
    },
  }
}

/** Without the axes that nobody asks for any more. */
function summed({ x, labels }: Labelled, wanted: ReadonlySet<string>): Labelled {
  const axis = labels.flatMap((label, i) => (wanted.has(label) ? [] : [i]))
  return axis.length === 0
    ? { x, labels }
    : { x: sum(x, { axis }), labels: labels.filter(label => wanted.has(label)) }
}

/** With the axes in this order. */
function ordered({ x, labels }: Labelled, order: readonly string[]): Labelled {
  const axes = order.map(label => labels.indexOf(label))
  return { x: axes.every((axis, i) => axis === i) ? x : permute(x, axes), labels: order }
}

/** The product, summed over the axes of both that nobody asks for after it. */
function product(a: Labelled, b: Labelled, wanted: ReadonlySet<string>): Labelled {
  const both = a.labels.filter(label => b.labels.includes(label))
  const batch = both.filter(label => wanted.has(label))
  const gone = both.filter(label => !wanted.has(label))
  const [left, right] = [a, b].map(({ labels }) => labels.filter(label => !both.includes(label)))
  const size = ({ x, labels }: Labelled, some: readonly string[]): number[] =>
    some.map(label => x.shape[labels.indexOf(label)])
  const [batches, rows, columns, depth] = [size(a, batch), size(a, left), size(b, right), size(a, gone)]
  const whole = [...batches, ...rows, ...columns]
  const labels = [...batch, ...left, ...right]
  const times = (sizes: readonly number[]): number => sizes.reduce((n, s) => n * s, 1)
  const [x, y] = [ordered(a, [...batch, ...left, ...gone]).x, ordered(b, [...batch, ...gone, ...right]).x]
  if (gone.length === 0) {
    const stretched = reshape(x, [...batches, ...rows, ...columns.map(() => 1)])
    return { x: mul(stretched, reshape(y, [...batches, ...rows.map(() => 1), ...columns])), labels }
  }
  const [n, m, p, k] = [batches, rows, columns, depth].map(times)
  return { x: reshape(matmul(reshape(x, [n, m, k]), reshape(y, [n, k, p])), whole), labels }
}
