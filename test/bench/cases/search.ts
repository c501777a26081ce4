import type { Case } from './case.ts'

/** Sums of 128 or 2,048 products: float32's rounding, and no more. */
const SIMILARITY = 1e-5
/** Counts of ranks and pairs: rounding may swap two neighbours among thousands, which moves a mean by less. */
const FIGURES = 1e-4
const COMMON = { budget: 60_000, limit: 240_000, fresh: true } as const

/** Of the evaluation sets, how many images each has. */
const GALLERY = 1_000_000
const MARKET = { queries: 3368, gallery: 15_913, identities: 751, cameras: 6 } as const
const PAIRS = 1_000_000

/**
 * Search and figures of embeddings. `search`: the 10 most similar of 10^6 unit rows, which are there before the clock starts;
 * outputs their similarities. `reid`: Market-1501's sizes, ResNet-50's 2,048 features; outputs the CMC curve and mAP.
 * `foldAccuracy`: outputs the mean, its standard error, and each fold's. `resize`: an image that has the size already.
 */
export const searchCases = (): Case[] => [
  search(1),
  search(1000),
  {
    ...COMMON,
    name: 'foldAccuracy 1M pairs',
    op: 'foldAccuracy',
    inputs: [
      { shape: [PAIRS] },
      { shape: [PAIRS], fill: { below: 2 } },
      { shape: [PAIRS], fill: { below: 10 } },
    ],
    attrs: {},
    tolerance: FIGURES,
  },
  {
    ...COMMON,
    name: 'reid 3368 in 15913x2048',
    op: 'reid',
    inputs: [MARKET.queries, MARKET.gallery].flatMap(n => [
      { shape: [n, 2048] },
      { shape: [n], fill: { below: MARKET.identities } },
      { shape: [n], fill: { below: MARKET.cameras } },
    ]),
    attrs: {},
    flops: 2 * MARKET.queries * MARKET.gallery * 2048,
    tolerance: FIGURES,
  },
  {
    ...COMMON,
    name: 'resize 112x112 to 112x112',
    op: 'resize',
    inputs: [{ shape: [112, 112, 3], fill: { below: 256 } }],
    attrs: {},
    tolerance: 0,
  },
]

const search = (queries: number): Case => ({
  ...COMMON,
  name: `search ${queries} in 1Mx128`,
  op: 'search',
  inputs: [{ shape: [queries, 128] }, { shape: [GALLERY, 128] }],
  attrs: { k: 10 },
  flops: 2 * queries * GALLERY * 128,
  tolerance: SIMILARITY,
})
