/** Losses of pairs and triplets of embeddings: no prototypes, but for proxy-anchor. */
export { type CircleOptions, circle } from './circle.ts'
export { type ContrastiveOptions, contrastive } from './contrastive.ts'
export { type CrossBatchMemoryOptions, crossBatchMemory } from './crossBatchMemory.ts'
export { type DistanceWeightedOptions, distanceWeightedTriplets } from './distanceWeightedTriplets.ts'
export type { Average } from './masked.ts'
export type { MinedPairs, MinerOptions, Triplets } from './mined.ts'
export { allTriplets, batchHardTriplets, type MarginTripletsOptions, marginTriplets } from './miners.ts'
export { type MultiSimilarityOptions, multiSimilarity } from './multiSimilarity.ts'
export {
  type MultiSimilarityPairsOptions,
  multiSimilarityPairs,
  pairTriplets,
} from './multiSimilarityPairs.ts'
export { type NPairOptions, nPair } from './nPair.ts'
export type { PairLoss } from './pairLoss.ts'
export type { References } from './pairs.ts'
export { type ProxyAnchorOptions, proxyAnchor } from './proxyAnchor.ts'
export { type RangeOptions, range } from './range.ts'
export { PAIR_LOSSES, type PairLossRow } from './registry.ts'
export type { PairSample } from './sampling.ts'
export { type SupConOptions, supCon } from './supCon.ts'
export { type TripletOptions, triplet } from './triplet.ts'
export { type TripletsLossOptions, tripletsLoss } from './tripletsLoss.ts'
