import type { Said } from '../node.ts'
import { ACTIVATIONS } from './activations.ts'
import { CONVOLUTIONS } from './convolutions.ts'
import { ELEMENTWISE } from './elementwise.ts'
import { INDEXING } from './indexing.ts'
import { LOSSES } from './losses.ts'
import { MADE } from './made.ts'
import { NORMS } from './norms.ts'
import { POOLS } from './pools.ts'
import { QUANTIZED } from './quantized.ts'
import { RECURRENT } from './recurrent.ts'
import { REDUCTIONS } from './reductions.ts'
import { SAMPLING } from './sampling.ts'
import { SHAPES } from './shapes.ts'

/** How the operators of ONNX are said with this library's, a row each. */
export const SAID: Readonly<Record<string, Said>> = {
  ...ACTIVATIONS,
  ...CONVOLUTIONS,
  ...ELEMENTWISE,
  ...INDEXING,
  ...LOSSES,
  ...MADE,
  ...NORMS,
  ...POOLS,
  ...QUANTIZED,
  ...RECURRENT,
  ...REDUCTIONS,
  ...SAMPLING,
  ...SHAPES,
}
