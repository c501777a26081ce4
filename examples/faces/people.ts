import { generator } from '../../engine/index.ts'

/** How many people there are, and how many images of each. */
export interface Size {
  /** Who trains. */
  readonly identities: number
  /** Images of the most frequent, and of the rarest. */
  readonly most: number
  readonly least: number
  /** Other people, to verify with; images of each. */
  readonly strangers: number
  readonly views: number
  /** Genuine pairs of strangers, and as many impostor pairs; a multiple of 10, the folds. */
  readonly pairs: number
}

export const FULL: Size = { identities: 10_000, most: 60, least: 2, strangers: 600, views: 8, pairs: 3000 }
export const QUICK: Size = { identities: 50, most: 20, least: 3, strangers: 40, views: 4, pairs: 200 }

/** n_k = max(least, round(most (k + 1)^-0.4)), k = 0 to K - 1: a long tail. */
export const counts = ({ identities, most, least }: Size): number[] =>
  Array.from({ length: identities }, (_, k) => Math.max(least, Math.round(most * (k + 1) ** -0.4)))

/** Two images of strangers, as indices into all their images, a person's side by side. */
export interface Pair {
  readonly first: number
  readonly second: number
  readonly same: boolean
}

/** As LFW's (Huang 2007): ten folds, a tenth of the strangers in each, as many pairs of one person as of two. */
export function pairsOf({ strangers, views, pairs }: Size, seed: number): Pair[] {
  const [rng, folds] = [generator(seed), 10]
  const list: Pair[] = []
  for (let fold = 0; fold < folds; fold++) {
    const [from, to] = [fold, fold + 1].map(f => Math.round((f * strangers) / folds))
    for (const same of [true, false]) {
      for (let i = 0; i < pairs / folds; i++) {
        const [a, b] = other(() => rng.integer(from, to - 1))
        const [u, v] = other(() => rng.integer(0, views - 1))
        list.push({ first: a * views + u, second: (same ? a : b) * views + v, same })
      }
    }
  }
  return list

  function other(draw: () => number): [number, number] {
    const a = draw()
    for (;;) {
      const b = draw()
      if (b !== a) return [a, b]
    }
  }
}
