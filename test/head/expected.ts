import { expect } from 'vitest'
import type { Figures } from '../../examples/head/run.ts'
import { readDigits } from '../../examples/long-tail/digits.ts'

export const lists = readDigits()

/** 100 images of each of five digits. */
export const IMAGES = 500

export function expectTrained({ centers, head, alone, both }: Figures): void {
  // Of five classes. The model has never seen these digits; a head makes more of its vectors than their means do.
  expect(centers).toBeGreaterThan(0.5)
  expect(head).toBeGreaterThan(centers + 0.03)
  // float32 in another order of sums, on numbers of about 1 to 10.
  expect(alone).toBeLessThan(1e-5)
  expect(both).toBeLessThan(5e-5)
}
