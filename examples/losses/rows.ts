import {
  combine,
  contrastive,
  crossBatchMemory,
  dotRegression,
  type EmbeddingLoss,
  irSphereFace,
  LOSSES,
  type Loss,
  type LossRow,
  lossByName,
  PAIR_LOSSES,
  softmaxLoss,
  sphereFace,
  triplet,
} from '../../losses/index.ts'
import { identityBalanced, type layers, type Sampling } from '../../models/index.ts'
import { neckLoss, withNeck } from '../glyph-reid/train/bnNeck.ts'

/** After the name of a learned loss of a fixed scale: the length of x in its place, as over class centres. */
const NORM = '-norm'
/** After a name: in the batches of the pair losses. */
const PK = '-pk'
/** What centre loss counts beside softmax: Wen 2016, section 4.3. */
const CENTER_WEIGHT = 0.003
/** Steps until a memory of embeddings counts, and how many it keeps: the last six batches, nearly an epoch. */
const MEMORY = { start: 25, size: 192 }
/** Steps in which the second head learns its weights: two epochs. */
const LEARNED_STEPS = 12

export const FAMILIES = {
  learned: 'learned weights',
  centers: 'class centres',
  pairs: 'pairs and proxies',
  others: 'other heads',
} as const

/** What a loss is made for; sizes[C] are the training images of each class. */
export interface Made {
  readonly classes: number
  readonly dim: number
  readonly seed: number
  readonly sizes: ArrayLike<number>
}

export interface Row {
  readonly name: string
  readonly family: keyof typeof FAMILIES
  create(made: Made): EmbeddingLoss
  /** Has it nothing to classify with, so that the nearest class mean does? */
  readonly byMean?: boolean
  /** Default: every image once an epoch. */
  readonly sampling?: Sampling
  /** What stands between the net and the loss. */
  readonly around?: (net: layers.Layer, dim: number) => layers.Layer
}

const plain = <T extends Made>({ sizes: _, ...made }: T) => made

const pk = identityBalanced({ samples: 4 })

const MARGINS = LOSSES.filter(row => row.margin !== 'none')

const overCenters = ({ margin }: LossRow): LossRow | undefined =>
  MARGINS.find(row => row.margin === margin && row.prototypes === 'classCenters')

/** Every loss of the two registries at its defaults, and what else the library has to train an embedding by. */
export const ROWS: readonly Row[] = [
  ...MARGINS.map(
    (row): Row => ({
      name: row.name,
      family: row.prototypes === 'learned' ? 'learned' : 'centers',
      create: made => row.create(plain(made)),
    }),
  ),
  ...MARGINS.filter(row => typeof row.defaults.s === 'number' && overCenters(row)?.defaults.s === 'norm').map(
    (row): Row => ({
      name: `${row.name}${NORM}`,
      family: 'learned',
      create: made => row.create({ ...plain(made), s: 'norm' }),
    }),
  ),
  ...PAIR_LOSSES.map((row): Row => ofPairs(row.name, made => row.create(plain(made)))),
  ofPairs('triplet-semihard', () => triplet({ mining: 'semihard' })),
  ofPairs('triplet-all', () => triplet({ mining: 'all' })),
  ofPairs('contrastive-memory', ({ dim }) => crossBatchMemory(contrastive(), { dim, ...MEMORY })),
  {
    name: 'centerLoss',
    family: 'others',
    create: made =>
      combine(
        { softmax: softmaxLoss(plain(made)), center: lossByName('centerLoss').create(plain(made)) },
        { weights: { center: CENTER_WEIGHT } },
      ),
  },
  { name: 'dotRegression', family: 'others', create: made => dotRegression(plain(made)) },
  { name: 'twoHeads', family: 'others', create: twoHeads },
  {
    name: 'bnneck',
    family: 'others',
    create: made => neckLoss(softmaxLoss({ ...plain(made), labelSmoothing: 0.1 }), made.dim),
    sampling: pk,
    around: withNeck,
  },
  ...['softmax', 'irCosFace'].map(
    (name): Row => ({
      name: `${name}${PK}`,
      family: 'others',
      create: made => lossByName(name).create(plain(made)),
      sampling: pk,
    }),
  ),
]

export const rowOf = (name: string): Row => ROWS.find(row => row.name === name) as Row

function ofPairs(name: string, create: Row['create']): Row {
  return { name, family: 'pairs', create, sampling: pk, byMean: name !== 'proxyAnchor' }
}

/** The best rule of many identities, with the paper's centres (examples/docs/glyphs.md). */
function twoHeads({ sizes, seed, ...made }: Made): Loss {
  const common = { ...made, s: 16, m: 4, logitAdjustment: { sizes } }
  const centers = { estimator: 'sphere', alpha: 0.5, usePreviousCenters: true, subtractMean: false } as const
  return combine({
    first: sphereFace({ ...common, seed, centerBlend: { sizes } }),
    // A start of its own: two heads that begin alike teach much the same.
    ir: irSphereFace({ ...common, seed: seed + 1, ...centers, learnedSteps: LEARNED_STEPS }),
  })
}
