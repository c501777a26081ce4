export { accumulate } from './accumulate.ts'
export { type AdagradOptions, adagrad } from './adagrad.ts'
export { type AdamOptions, adam, adamW, type SgdOptions, sgd } from './algorithms.ts'
export { clipGradNorm, clipGradValue } from './clip.ts'
export { type DecayGroupsOptions, decayGroups } from './decay.ts'
export type { Group, Groups } from './groups.ts'
export { type LambOptions, lamb } from './lamb.ts'
export type { Optimizer, StepOptions } from './optimizer.ts'
export { type RmspropOptions, rmsprop } from './rmsprop.ts'
export { constant, type Schedule, type WarmupCosineOptions, warmupCosine } from './schedule.ts'
export {
  type CosineAnnealingOptions,
  cosineAnnealing,
  exponentialDecay,
  type MultiStepDecayOptions,
  multiStepDecay,
  type OneCycleOptions,
  oneCycle,
  type PolynomialDecayOptions,
  polynomialDecay,
  type StepDecayOptions,
  stepDecay,
  type WarmupOptions,
  warmup,
} from './schedules.ts'
