/** Which samples make a batch. */
export { classAware } from './classAware.ts'
export { identityBalanced } from './identityBalanced.ts'
export { instances } from './instances.ts'
export type { Sampler, Sampling } from './sampler.ts'
