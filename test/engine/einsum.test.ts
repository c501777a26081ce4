import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { einsum, type Tensor, zeros } from '../../engine/index.ts'
import { seeds } from '../../engine/testing/index.ts'
import { expectClose } from '../support/close.ts'
import { generate, indices, random, reader } from '../support/numbers.ts'
import { onReference } from '../support/onReference.ts'
import { check } from '../support/property.ts'

onReference()

const SIZES: Readonly<Record<string, number>> = { a: 2, b: 3, c: 1, d: 4, e: 2 }
const LABELS = Object.keys(SIZES)

/** The definition: for each place of the result the sum over all values of the other labels. */
function byDefinition(terms: readonly string[], output: string, xs: readonly Tensor[]): Tensor {
  const summed = [...new Set(terms.join(''))].filter(label => !output.includes(label))
  const readers = xs.map(reader)
  return generate(
    [...output].map(label => SIZES[label]),
    at => {
      const place = Object.fromEntries([...output].map((label, i) => [label, at[i]]))
      return indices(summed.map(label => SIZES[label])).reduce((sum, rest) => {
        const all = { ...place, ...Object.fromEntries(summed.map((label, i) => [label, rest[i]])) }
        return (
          sum +
          terms.reduce((product, term, k) => product * readers[k]([...term].map(label => all[label])), 1)
        )
      }, 0)
    },
  )
}

test('any equation is what its definition says', () => {
  const term = fc.array(fc.constantFrom(...LABELS), { maxLength: 4 }).map(letters => letters.join(''))
  check(
    fc.property(fc.array(term, { minLength: 1, maxLength: 3 }), seeds(), (terms, seed) => {
      const known = [...new Set(terms.join(''))]
      const output = known.filter((_, i) => (seed >> i) % 2 === 0)
      if (seed % 3 === 0) output.reverse()
      const xs = terms.map((labels, i) =>
        random(
          [...labels].map(label => SIZES[label]),
          seed + i,
        ),
      )
      const equation = `${terms.join(', ')} -> ${output.join('')}`
      // A few hundred products of numbers up to 8, in another order.
      expectClose(einsum(equation, ...xs), byDefinition(terms, output.join(''), xs), 1e-11, equation)
    }),
    300,
  )
})

test('dots stand for axes that broadcast, and an axis of size 1 stretches', () => {
  expect(einsum('...ij,...jk', zeros([5, 1, 2, 3]), zeros([4, 3, 2])).shape).toEqual([5, 4, 2, 2])
  expect(einsum('i...,...->...i', zeros([3, 2]), zeros([4, 2])).shape).toEqual([4, 2, 3])
  expect(einsum('...i->i', zeros([3, 2])).shape).toEqual([2])
  const [x, y] = [random([1, 3], 1), random([2, 3], 2)]
  expectClose(einsum('ij,ij->i', x, y), x.mul(y).sum(1))
  expect(einsum('ij,jk', zeros([2, 0]), zeros([0, 3])).toArray()).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ])
})

test.each<[string, Tensor[], RegExp]>([
  ['ij,jk->', [zeros([2, 3])], /einsum: 2 tensors expected by "ij,jk->", got 1/],
  ['ij->ik', [zeros([2, 3])], /einsum: each label of the result once, from an operand, expected, got k/],
  ['ij->ii', [zeros([2, 3])], /einsum: each label of the result once, from an operand, expected, got i/],
  ['ijk->i', [zeros([2, 3])], /einsum: the axes "ijk" expected of operand 0, got shape \[2,3\]/],
  ['ij,jk->ik', [zeros([2, 3]), zeros([4, 2])], /einsum: one size of j expected, got 3 and 4/],
  ['i1->i', [zeros([2, 3])], /einsum: an equation of letters, such as 'ij,jk->ik', expected, got "i1->i"/],
  ['ij', [], /einsum: at least one tensor expected, got none/],
])('%s is refused by name', (equation, xs, error) => {
  expect(() => einsum(equation, ...xs)).toThrow(error)
})
