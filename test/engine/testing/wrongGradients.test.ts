import { describe, expect, test } from 'vitest'
import { isCaught, WRONG_GRADIENTS } from '../../../engine/testing/index.ts'

const RUNS = 60

describe('wrong gradients', () => {
  test.each(WRONG_GRADIENTS.map(w => [w.name, w] as const))('%s is caught in every case', (_, wrong) => {
    for (let seed = 0; seed < RUNS; seed++) expect(isCaught(wrong, seed), `seed ${seed}`).toBe(true)
  })

  test('those of the first order are caught by a check of the second as well', () => {
    for (const wrong of WRONG_GRADIENTS) expect(isCaught(wrong, 1, 2), wrong.name).toBe(true)
  })

  test('those of the second order pass the first: only order 2 can see them', () => {
    for (const wrong of WRONG_GRADIENTS.filter(w => w.order === 2)) {
      expect(isCaught(wrong, 1, 1), wrong.name).toBe(false)
    }
  })
})
