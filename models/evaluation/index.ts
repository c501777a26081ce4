/** How good an embedding is: closed set, class means, angles of prototypes, verification, identification, retrieval. */

export { classSizes } from '../labels.ts'
export { anglesBetween, degrees } from './angles.ts'
export { type Blufr, blufr, type Fused } from './blufr.ts'
export { type BlufrOptions, type BlufrRates, type BlufrTrial, blufrTrial } from './blufrTrial.ts'
export { classMeans, nearestClassMean } from './classMeans.ts'
export {
  bySize,
  type ClosedSet,
  closedSet,
  meanOver,
  type SizeBounds,
  type SizeGroups,
  smallestClasses,
} from './closedSet.ts'
export type { Distractors } from './distractors.ts'
export type { FlatIndex } from './flatIndex.ts'
export { type FoldAccuracy, foldAccuracy } from './foldAccuracy.ts'
export {
  type Identification,
  type IdentificationCurve,
  type IdentificationOptions,
  identification,
} from './identification.ts'
export { type MultipleQueries, type MultipleQueryOptions, multipleQueries } from './multipleQueries.ts'
export {
  type OpenSetIdentification,
  type OpenSetOptions,
  openSetIdentification,
  type TpirAtFpir,
} from './openSetIdentification.ts'
export { type ImagePair, type ImagePairs, type PairColumns, pairCosines, splitScores } from './pairs.ts'
export { type Classifier, predict } from './predict.ts'
export { averagePrecision, type Ties, trapezoidalPrecision } from './ranks.ts'
export { DISTRACTOR, JUNK, type Reid, type ReidOptions, type ReidSet, reid } from './reid.ts'
export { type DistanceRows, type RerankOptions, rerank } from './rerank.ts'
export { type Retrieval, type RetrievalOptions, retrieval } from './retrieval.ts'
export { type Found, type SearchOptions, search } from './search.ts'
export { type SimilarityRows, similarities } from './similarities.ts'
export { type TarAtFar, tarAtFars } from './tarAtFars.ts'
export { type TemplateMeans, type TemplateMeansOptions, templateMeans } from './templateMeans.ts'
export { type Embeddings, flatIndex } from './unitRows.ts'
export { auc, type PairScores, pairScores, type RocPoint, roc, tarAtFar } from './verification.ts'
export {
  type VerificationReport,
  type VerificationReportOptions,
  verificationReport,
} from './verificationReport.ts'
