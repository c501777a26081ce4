/** Layers by factory: `layers.conv2d({ in: 1, out: 16, kernel: 3, rng })` is a function of tensors with weights. */
export * from './activations.ts'
export { type BatchNormOptions, batchNorm } from './batchNorm.ts'
export { checkpoint, type ResidualOptions, residual, sequential } from './containers.ts'
export { type DropoutOptions, dropout } from './dropout.ts'
export { type GemOptions, gem, globalAvgPool, globalMaxPool } from './globalPooling.ts'
export {
  type Description,
  type ForwardOptions,
  type Kind,
  type Kinds,
  type Layer,
  type LayerParts,
  layer,
} from './layer.ts'
export {
  type MaskedLayer,
  type MaskedOptions,
  type MultiHeadAttentionOptions,
  multiHeadAttention,
} from './multiHeadAttention.ts'
export {
  type GroupNormOptions,
  groupNorm,
  type InstanceNormOptions,
  instanceNorm,
  type RmsNormOptions,
  rmsNorm,
} from './norms.ts'
export {
  type AvgPoolOptions,
  avgPool2d,
  flatten,
  maxPool2d,
  type PoolOptions,
} from './pooling.ts'
export { type SqueezeExciteOptions, squeezeExcite } from './squeezeExcite.ts'
export {
  type Conv2dOptions,
  conv2d,
  type Init,
  kaimingNormal,
  kaimingUniform,
  type LinearOptions,
  linear,
  xavierUniform,
} from './weighted.ts'
