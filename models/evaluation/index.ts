/** How good an embedding is: closed set, class means, angles of prototypes, verification, retrieval. */
export { anglesBetween, degrees } from './angles.ts'
export { bySize, meanOver, type SizeBounds, type SizeGroups, smallestClasses } from './classGroups.ts'
export { classMeans, nearestClassMean } from './classMeans.ts'
export { type ClosedSet, closedSet, predict } from './closedSet.ts'
export { classSizes } from './labels.ts'
export { type Retrieval, type RetrievalOptions, retrieval } from './retrieval.ts'
export { type Block, similarities } from './similarity.ts'
export { auc, type PairScores, pairScores, type RocPoint, roc, tarAtFar } from './verification.ts'
