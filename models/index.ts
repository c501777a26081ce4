/** What a user trains with: layers, nets, optimisers, the training loop, checkpoints. */
export { type LoadCheckpointOptions, loadCheckpoint, moveState, saveCheckpoint } from './checkpoint.ts'
export {
  type Augmentation,
  type EraseOptions,
  erase,
  inTurn,
  noise,
  type Size,
  scale,
  shift,
} from './data/augment.ts'
export { type Batch, Batches } from './data/batches.ts'
export { type ColorJitterOptions, colorJitter } from './data/colorJitter.ts'
export { type CropOptions, crop, flip } from './data/crop.ts'
export {
  type Embedder,
  type EmbedWithOptions,
  embedWith,
  type OnnxEmbedderOptions,
  type OnnxSession,
  onnxEmbedder,
  rowNumbers,
  type VectorCache,
  type Vectors,
} from './data/embedWith.ts'
export type { EncodedImages, ImageSource } from './data/imageSource.ts'
export {
  type IndexedPairs,
  indexLfwPairs,
  type LfwImage,
  type LfwPair,
  lfwPath,
  parseLfwPairs,
} from './data/lfwPairs.ts'
export { type PixelsOptions, pixels } from './data/pixels.ts'
export {
  dukeMtmcReid,
  market1501,
  parseReidName,
  type ReidFormat,
  type ReidImages,
  type ReidName,
  reidImages,
} from './data/reidNames.ts'
export { classAware, identityBalanced, instances, type Sampler, type Sampling } from './data/samplers.ts'
export type { Source } from './data/source.ts'
export {
  type DetectedFaces,
  parseDetectedFaces,
  parseTemplateImages,
  parseTemplateSubjects,
  type TemplateImages,
  type TemplateSubjects,
} from './data/templateLists.ts'
export { parseTemplatePairs } from './data/templatePairs.ts'
export type { VerificationSet } from './data/verificationSet.ts'
export { embed } from './embed.ts'
export * from './evaluation/index.ts'
export type { Bytes } from './files.ts'
export { type FoldOptions, fold } from './fold.ts'
export * from './interchange/index.ts'
export type { Layer } from './layers/index.ts'
export * as layers from './layers/index.ts'
export { type IrNetOptions, irNet } from './nets/irNet.ts'
export { type LightCnn9Options, lightCnn9 } from './nets/lightCnn9.ts'
export { type MobileFaceNetOptions, mobileFaceNet } from './nets/mobileFaceNet.ts'
export type { NetOptions } from './nets/netOptions.ts'
export { convNet, lenetPlusPlus, smallNet } from './nets/plain.ts'
export { type ResNetOptions, resNet, type SphereFaceNetOptions, sphereFaceNet } from './nets/residual.ts'
export { type ResNet50Options, resNet50 } from './nets/resNet50.ts'
export * from './optim/index.ts'
export * from './recognition/index.ts'
export { type SummaryRow, summary, summaryRows } from './summary.ts'
export type { RunOptions, TrainerOptions } from './train/options.ts'
export { type Progress, progressBar, type Report } from './train/progress.ts'
export { Trainer } from './train/trainer.ts'
export * from './watch/index.ts'
