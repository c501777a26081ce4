import fc from 'fast-check'
import { expect, test } from 'vitest'
import { descendingOrder } from '../../models/evaluation/order.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const scores = fc.oneof(
  finite,
  fc.constantFrom(0, -0, 5e-324, -5e-324, 1, -1, Number.MAX_VALUE, -Number.MAX_VALUE),
)
/** Close together, so that only the lowest digits differ. */
const close = fc.integer({ min: -3000, max: 3000 }).map(i => 0.5 + i * 2 ** -53)

test('the order is that of a stable sort by descending score', () => {
  fc.assert(
    fc.property(fc.oneof(fc.array(scores, { maxLength: 200 }), fc.array(close, { maxLength: 200 })), list => {
      const sorted = list.map((_, i) => i).sort((i, j) => list[j] - list[i] || i - j)
      const byDifference = sorted.every((p, k) => k === 0 || list[sorted[k - 1]] >= list[p])
      // A difference may overflow to infinity, but not to a wrong sign.
      expect(byDifference).toBe(true)
      for (const kind of [list, Float64Array.from(list)])
        expect(Array.from(descendingOrder(kind))).toEqual(sorted)
      const singles = Float32Array.from(list)
      if (singles.every(Number.isFinite)) {
        const order = list.map((_, i) => i).sort((i, j) => singles[j] - singles[i] || i - j)
        expect(Array.from(descendingOrder(singles))).toEqual(order)
      }
    }),
  )
})
