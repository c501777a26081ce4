/** Layers by factory: `layers.conv2d({ in: 1, out: 16, kernel: 3, rng })` is a function of tensors with weights. */
export * from './activations.ts'
export { type BatchNormOptions, batchNorm } from './batchNorm.ts'
export { type DropoutOptions, dropout } from './dropout.ts'
export { flatten } from './flatten.ts'
export { globalAvgPool } from './globalAvgPool.ts'
export { type Init, kaimingNormal, kaimingUniform } from './init.ts'
export {
  type Description,
  type ForwardOptions,
  type Kind,
  type Kinds,
  type Layer,
  layer,
  type Memory,
} from './layer.ts'
export { avgPool2d, maxPool2d, type PoolOptions } from './pool.ts'
export { type ResidualOptions, residual } from './residual.ts'
export { sequential } from './sequential.ts'
export { type Conv2dOptions, conv2d, type LinearOptions, linear } from './weighted.ts'
