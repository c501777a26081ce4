/** What a user of the losses imports: named losses, the table of them, and the parts to make others. */
export { adjustedLogits } from './adjustedLogits.ts'
export { type CenterLossOptions, centerLoss } from './centerLoss.ts'
export { type CombineOptions, combine } from './combine.ts'
export { type CrossEntropyOptions, crossEntropy, type FocalOptions } from './crossEntropy.ts'
export type { DeferredOptions } from './deferred.ts'
export { dotRegression } from './dotRegression.ts'
export {
  type ClassBalancedOptions,
  classBalancedWeights,
  type DynamicMarginOptions,
  dynamicMargins,
  type LdamOptions,
  type LogitAdjustment,
  type LogitAdjustmentOptions,
  ldamMargins,
} from './imbalance.ts'
export type { LabelSmoothingOptions } from './labelSmoothing.ts'
export {
  type ClassIndices,
  type EncodedLabels,
  type EncodeOptions,
  encodeLabels,
  type IntegerArray,
  type Labels,
} from './labels.ts'
export {
  type BinaryLoss,
  type EmbeddingLoss,
  type Forces,
  type Loss,
  type LossOptions,
  type Reduction,
  type ReductionOptions,
  trainingLoss,
  type UpdateOptions,
} from './loss.ts'
export { marginLogits, marginLoss, type PullOptions, plainLogits } from './marginLoss.ts'
export { type MarginLossOptions, marginSoftmax } from './marginSoftmax.ts'
export type { AdaCosOptions } from './margins/adaCos.ts'
export type { AdaFaceOptions } from './margins/adaFace.ts'
export type { ArcFaceOptions, BeyondPi, CosFaceOptions, PerClass } from './margins/additive.ts'
export { type Angle, cosTheta } from './margins/angle.ts'
export type { CombinedMarginOptions } from './margins/combinedMargin.ts'
export type { CurricularFaceOptions } from './margins/curricularFace.ts'
export type { ElasticFaceOptions } from './margins/elasticFace.ts'
export { featureQuality, type MagFaceOptions } from './margins/magFace.ts'
export type {
  Annealing,
  Batch as MarginBatch,
  Binary,
  Margin,
  MarginMemory,
  NormFaceOptions,
  Scale,
} from './margins/margin.ts'
export type {
  AnnealingOption,
  LSoftmaxOptions,
  SphereFaceOptions,
} from './margins/multiplicative.ts'
export type { MvSoftmaxOptions } from './margins/mvSoftmax.ts'
export type { SphereFace2Options } from './margins/sphereFace2.ts'
export type { SphereFaceROptions } from './margins/sphereFaceR.ts'
export type { UniFaceOptions } from './margins/uniFace.ts'
export * from './named.ts'
export * from './pairs/index.ts'
export { PRESETS, type Preset, type PresetName, type PresetOptions } from './presets.ts'
export { type CenterBlend, type CenterBlendOptions, centerBlend } from './prototypes/centerBlend.ts'
export type { CenterOptions } from './prototypes/centerOptions.ts'
export { classCenters } from './prototypes/classCenters.ts'
export { featureQueue, type QueueOptions } from './prototypes/featureQueue.ts'
export { fixedSimplex, type SimplexOptions } from './prototypes/fixedSimplex.ts'
export { type LearnedStepsOptions, learnedThenCenters } from './prototypes/learnedThenCenters.ts'
export { learned, type Prototypes } from './prototypes/prototypes.ts'
export { scaledWeights } from './prototypes/scaledWeights.ts'
export { type SubCenterOptions, subCenters } from './prototypes/subCenters.ts'
export { type Blend, type BlendOptions, variational } from './prototypes/variational.ts'
export { LOSSES, lossByName } from './registry.ts'
export type { AnyLossOptions, DrawnAt, LossRow, PaperSettings } from './row.ts'
export type { SampledClasses, SampledClassesOptions } from './sampledClasses.ts'
export type { LossSample } from './sampling.ts'
export {
  type SubCenterOutlierOptions,
  type SubCenterOutliers,
  subCenterOutliers,
} from './subCenterOutliers.ts'
export type { TargetOptions } from './targets.ts'
export { tauNormalized } from './tauNormalized.ts'
