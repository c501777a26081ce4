import { type Generator, generator } from '../../engine/index.ts'
import { type Images, PIXELS } from './images.ts'

/** The most training images a class gets: what the rarest digit's list allows. */
export const LARGEST = 690
/** Where the exponential profile starts; above LARGEST, which cuts it off. */
const PROFILE = 700.5
/** Test images a digit at most; of two digits the list holds a few less. */
const TEST = 190

export interface Part {
  /** Images one after another, pixels as the net takes them: (grey / 255 - .3) / .35. */
  readonly x: Float32Array
  readonly y: Int32Array
  /** Where each image stands in its digit's list. */
  readonly from: Int32Array
}

export interface Split {
  readonly train: Part
  readonly test: Part
  /** digits[j] is the digit that class j stands for; class 0 is the largest. */
  readonly digits: readonly number[]
  /** Training images of each class. */
  readonly sizes: readonly number[]
}

/**
 * n_j = min(690, round(700.5 imbalance^(-j / (C - 1)))), at least 1: an exponential long tail. An imbalance of 100
 * over 10 classes gives 690, 420, 252, 151, 90, 54, 33, 19, 12, 7.
 */
export function longTail(imbalance: number, classes: number): number[] {
  if (!(imbalance >= 1)) throw new Error(`longTail: an imbalance >= 1 expected, got ${imbalance}`)
  return Array.from({ length: classes }, (_, j) => {
    const share = classes === 1 ? 1 : imbalance ** (-j / (classes - 1))
    return Math.max(1, Math.min(LARGEST, Math.round(PROFILE * share)))
  })
}

/** The seed decides which digit gets which size of the long tail, and which of its training images are taken (`splitBy`). */
export function splitDigits(lists: readonly Images[], seed: number, imbalance: number): Split {
  const rng = generator(seed)
  const digits = Array.from(rng.permutation(lists.length))
  return splitBy(lists, rng, digits, longTail(imbalance, lists.length))
}

/**
 * The first 80 % of each digit's list is there to train on, of which class j gets `profile[j]` at most, drawn by `rng`: the same
 * and fewer where the profile has less. The last 20 % is there to test on, 190 images at most.
 */
export function splitBy(
  lists: readonly Images[],
  rng: Generator,
  digits: readonly number[],
  profile: readonly number[],
): Split {
  const train: number[][] = []
  const test: number[][] = []
  for (const [j, digit] of digits.entries()) {
    const length = lists[digit].length / PIXELS
    const border = Math.floor(0.8 * length)
    train.push(Array.from(rng.permutation(border).subarray(0, profile[j])))
    test.push(Array.from({ length: Math.min(TEST, length - border) }, (_, i) => border + i))
  }
  const listOf = (j: number): Images => lists[digits[j]]
  return {
    train: collect(train, listOf),
    test: collect(test, listOf),
    digits,
    sizes: train.map(places => places.length),
  }
}

function collect(places: readonly number[][], listOf: (j: number) => Images): Part {
  const n = places.reduce((total, list) => total + list.length, 0)
  const part = { x: new Float32Array(n * PIXELS), y: new Int32Array(n), from: new Int32Array(n) }
  let row = 0
  for (const [j, list] of places.entries()) {
    for (const place of list) {
      const image = listOf(j).subarray(place * PIXELS, (place + 1) * PIXELS)
      part.x.set(
        image.map(grey => (grey - 0.3) / 0.35),
        row * PIXELS,
      )
      part.y[row] = j
      part.from[row++] = place
    }
  }
  return part
}
