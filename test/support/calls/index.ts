import type { Call } from './call.ts'
import { ELEMENTWISE } from './elementwise.ts'
import { FUSED } from './fused.ts'
import { MOVEMENT } from './movement.ts'
import { OPTIMIZING } from './optimizing.ts'
import { POOLING } from './pooling.ts'
import { PRODUCTS } from './products.ts'
import { REDUCING } from './reductions.ts'

export { type Call, type Drawn, free, type Input, perform, upload } from './call.ts'
export { truthOf } from './truth.ts'

/** One row a kernel of the backends, or a kind of it. */
export const CALLS: readonly Call[] = [
  ...ELEMENTWISE,
  ...REDUCING,
  ...MOVEMENT,
  ...PRODUCTS,
  ...POOLING,
  ...FUSED,
  ...OPTIMIZING,
]
