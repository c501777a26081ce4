/** What `--recipe` may be: trainings of the field that are more than a loss. */
export const RECIPES = {
  /** Luo 2019, arXiv:1903.07071: identities by softmax after a batch norm, labels smoothed, and the hardest triplets before it. */
  bnneck: { loss: ['softmax-smooth0.1-bnneck'], sampling: 'pk' },
} as const

export type RecipeName = keyof typeof RECIPES
