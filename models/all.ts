/** The whole package: the engine, the losses on it, and what trains with them. */
export * from '../engine/index.ts'
export * from '../losses/index.ts'
export * from './index.ts'
