import type { Backend } from '../../../engine/index.ts'
import {
  contrastive,
  crossBatchMemory,
  type EmbeddingLoss,
  LOSSES,
  PAIR_LOSSES,
  triplet,
} from '../../../losses/index.ts'

/** Sizes of the step: what a batch of the field's has. */
export const SIZES = { batch: 128, classes: 2000, dim: 64 } as const
/** Samples of a class in a batch: pairs need some. */
export const SAMPLES = 4

export interface Candidate {
  readonly name: string
  /** The most times CosFace's step that one may take. */
  readonly goal: number
  create(backend: Backend): EmbeddingLoss
}

const { classes, dim } = SIZES
const [MARGINS, PAIRS] = [1.3, 2]

const pairs = (name: string, create: Candidate['create']): Candidate => ({ name, goal: PAIRS, create })

/** What all are compared with. */
export const BASE = 'cosFace'

/** Every loss of the registry at its defaults, and those of pairs. */
export const candidates: readonly Candidate[] = [
  ...LOSSES.map(
    (row): Candidate => ({
      name: row.name,
      goal: MARGINS,
      create: backend => row.create({ classes, dim, seed: 1, backend }),
    }),
  ),
  ...PAIR_LOSSES.map(row => pairs(row.name, backend => row.create({ classes, dim, seed: 1, backend }))),
  pairs('triplet semihard', () => triplet({ mining: 'semihard' })),
  pairs('triplet all', () => triplet({ mining: 'all' })),
  pairs('crossBatchMemory of contrastive', backend =>
    crossBatchMemory(contrastive(), { dim, size: 1024, start: 0, backend }),
  ),
]
