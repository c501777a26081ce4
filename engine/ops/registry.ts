import type { OpSpec } from '../op.ts'
import {
  absOp,
  clampOp,
  geluOp,
  leakyReluOp,
  preluOp,
  reluGradOp,
  reluOp,
  sigmoidOp,
  signOp,
  softplusOp,
} from './activation.ts'
import {
  acosOp,
  arcSlopeOp,
  cosOp,
  erfcOp,
  erfOp,
  expm1Op,
  expOp,
  log1pOp,
  logOp,
  rsqrtOp,
  sinOp,
  sqrtOp,
  tanhOp,
} from './analytic.ts'
import { addOp, divOp, identityOp, maximumOp, minimumOp, mulOp, negOp, powOp, subOp } from './arithmetic.ts'
import { astypeOp } from './astype.ts'
import { channelSumsOp, momentsOp, scaleShiftAddOp, scaleShiftOp } from './channels.ts'
import { concatOp, stackOp } from './concat.ts'
import { conv2dBiasOp, conv2dInputGradOp, conv2dOp, conv2dWeightGradOp } from './conv2d.ts'
import { convTranspose2dOp } from './convTranspose2d.ts'
import { softmaxCrossEntropyGradOp, softmaxCrossEntropyOp } from './crossEntropy.ts'
import { dropoutOp } from './dropout.ts'
import { argmaxOp, logSumExpOp, maxOp, minOp } from './extremes.ts'
import { gatherOp, oneHotOp, scatterAddOp } from './indexing.ts'
import { matmulOp } from './matmul.ts'
import { broadcastToOp, permuteOp, reshapeOp, transposeOp } from './movement.ts'
import { avgPool2dGradOp, avgPool2dOp, maxPool2dGatherOp, maxPool2dGradOp, maxPool2dOp } from './pooling.ts'
import { meanOp, sumOp, varianceOp } from './reduce.ts'
import { interiorPadOp, padOp, sliceOp } from './region.ts'
import { equalOp, greaterEqualOp, greaterOp, lessEqualOp, lessOp, notEqualOp, whereOp } from './select.ts'
import { batchNormInferenceOp, batchNormTrainingOp, layerNormOp } from './standardize.ts'
import { logSoftmaxOp, normalizeOp, normOp, softmaxOp } from './vector.ts'

/** One row an op: what the tests, the gradient checks and the docs go through. */
export const OPS: readonly OpSpec[] = [
  identityOp,
  astypeOp,
  negOp,
  addOp,
  subOp,
  mulOp,
  divOp,
  powOp,
  maximumOp,
  minimumOp,
  expOp,
  logOp,
  log1pOp,
  expm1Op,
  sqrtOp,
  rsqrtOp,
  sinOp,
  cosOp,
  acosOp,
  arcSlopeOp,
  tanhOp,
  erfOp,
  erfcOp,
  absOp,
  signOp,
  sigmoidOp,
  softplusOp,
  reluOp,
  reluGradOp,
  leakyReluOp,
  preluOp,
  geluOp,
  clampOp,
  equalOp,
  notEqualOp,
  lessOp,
  lessEqualOp,
  greaterOp,
  greaterEqualOp,
  whereOp,
  sumOp,
  meanOp,
  varianceOp,
  maxOp,
  minOp,
  logSumExpOp,
  argmaxOp,
  softmaxOp,
  logSoftmaxOp,
  softmaxCrossEntropyOp,
  softmaxCrossEntropyGradOp,
  normOp,
  normalizeOp,
  reshapeOp,
  permuteOp,
  transposeOp,
  broadcastToOp,
  sliceOp,
  interiorPadOp,
  padOp,
  concatOp(3),
  stackOp(3),
  gatherOp,
  scatterAddOp,
  oneHotOp,
  matmulOp,
  conv2dOp,
  conv2dBiasOp,
  conv2dInputGradOp,
  conv2dWeightGradOp,
  convTranspose2dOp,
  maxPool2dOp,
  maxPool2dGatherOp,
  maxPool2dGradOp,
  avgPool2dOp,
  avgPool2dGradOp,
  momentsOp,
  channelSumsOp,
  scaleShiftOp,
  scaleShiftAddOp,
  batchNormInferenceOp,
  batchNormTrainingOp,
  layerNormOp,
  dropoutOp,
]
