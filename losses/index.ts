/** What a user of the losses imports: named losses, the table of them, and the parts to make others. */
export { type CenterLossOptions, centerLoss } from './centerLoss.ts'
export { cosTheta } from './cosine.ts'
export { type CrossEntropyOptions, crossEntropy } from './crossEntropy.ts'
export { type EncodedLabels, type EncodeOptions, encodeLabels } from './encodeLabels.ts'
export { type ClassBalancedOptions, classBalancedWeights } from './imbalance/classBalanced.ts'
export type { FocalOptions } from './imbalance/focal.ts'
export { type LdamOptions, ldamMargins } from './imbalance/ldam.ts'
export type { LogitAdjustment, LogitAdjustmentOptions } from './imbalance/logitAdjustment.ts'
export type { ClassIndices, IntegerArray, Labels } from './labels.ts'
export type { Loss, LossOptions, Reduction, ReductionOptions } from './loss.ts'
export {
  type MarginLossOptions,
  marginLogits,
  marginLoss,
  marginSoftmax,
  plainLogits,
} from './marginSoftmax.ts'
export type { Annealing, AnnealingOption } from './margins/annealing.ts'
export type { ArcFaceOptions, Seam } from './margins/arcFace.ts'
export type { CombinedMarginOptions } from './margins/combinedMargin.ts'
export type { CosFaceOptions } from './margins/cosFace.ts'
export type { LSoftmaxOptions } from './margins/lSoftmax.ts'
export type { Margin } from './margins/margin.ts'
export type { NormFaceOptions } from './margins/none.ts'
export type { PerClass } from './margins/perClass.ts'
export type { SphereFaceOptions } from './margins/sphereFace.ts'
export type { Angle } from './margins/theta.ts'
export * from './named.ts'
export type { CenterOptions } from './prototypes/centerOptions.ts'
export { classCenters } from './prototypes/classCenters.ts'
export { learned } from './prototypes/learned.ts'
export { type LearnedStepsOptions, learnedThenCenters } from './prototypes/learnedThenCenters.ts'
export type { Prototypes } from './prototypes/prototypes.ts'
export { LOSSES, lossByName } from './registry.ts'
export type { AnyLossOptions, LossRow } from './row.ts'
export type { LossSample } from './sampling.ts'
