import type { OpSpec } from '../spec.ts'
import {
  absOp,
  clampOp,
  geluOp,
  leakyReluOp,
  preluOp,
  reluOp,
  sigmoidOp,
  signOp,
  softplusOp,
} from './activation.ts'
import { arcSlopeOp } from './adjoints/arcSlope.ts'
import { channelSumsOp, scaleShiftAddOp, scaleShiftOp } from './adjoints/channels.ts'
import { normalizeGradOp } from './adjoints/normalizeGrad.ts'
import { oneVsRestCrossEntropyGradOp } from './adjoints/oneVsRestGrad.ts'
import { maxPool2dGatherOp, maxPool2dGradOp } from './adjoints/poolingGrad.ts'
import { preluGradOp, preluSlopeGradOp } from './adjoints/preluGrad.ts'
import { quadraticAboveGradOp, quadraticAboveOp } from './adjoints/quadraticAbove.ts'
import { reluGradOp } from './adjoints/reluGrad.ts'
import { scaledSumOp } from './adjoints/scaledSum.ts'
import { shiftedPowerOp } from './adjoints/shiftedPower.ts'
import { softmaxCrossEntropyGradOp } from './adjoints/softmaxCrossEntropyGrad.ts'
import { affineGridOp } from './affineGrid.ts'
import { erfcOp, erfOp, expm1Op, expOp, log1pOp, logOp, powOp, rsqrtOp, sqrtOp, tanhOp } from './analytic.ts'
import { argmaxOp, argminOp } from './argExtremes.ts'
import { addOp, divOp, identityOp, mulOp, negOp, subOp } from './arithmetic.ts'
import { astypeOp } from './astype.ts'
import { attentionOp, maskedAttentionOp } from './attention.ts'
import { concatOp, stackOp } from './concat.ts'
import { conv2dBiasOp, conv2dInputGradOp, conv2dOp, conv2dWeightGradOp } from './conv2d.ts'
import { conv2dPreluOp, conv2dReluOp } from './conv2dActivated.ts'
import { convTranspose2dOp } from './convTranspose2d.ts'
import { softmaxCrossEntropyOp } from './crossEntropy.ts'
import { cumprodOp, cumsumOp } from './cumulative.ts'
import { dropoutOp } from './dropout.ts'
import { einsumOp } from './einsum.ts'
import { logSumExpOp, maxOp, minOp } from './extremes.ts'
import { gemOp } from './gem.ts'
import { gridSampleOp } from './gridSample.ts'
import { groupNormOp, rmsNormOp } from './groupNorm.ts'
import { hardsigmoidOp, hardswishOp, softsignOp, thresholdedReluOp } from './hardActivations.ts'
import { acoshOp, asinhOp, atanhOp, coshOp, sinhOp } from './hyperbolic.ts'
import { gatherOp, oneHotOp, scatterAddOp, takeOp } from './indexing.ts'
import { gatherNDOp, scatterNDOp } from './indexingND.ts'
import { eluOp, mishOp, siluOp } from './linearUnits.ts'
import { allOp, anyOp } from './logic.ts'
import { matmulOp } from './matmul.ts'
import { interiorPadOp, permuteOp, sliceOp, transposeOp } from './movement.ts'
import { normalizeOp } from './normalize.ts'
import { oneVsRestCrossEntropyOp } from './oneVsRest.ts'
import { padOp } from './pad.ts'
import { avgPool2dGradOp, avgPool2dOp, maxPool2dOp } from './pooling.ts'
import { prodOp } from './product.ts'
import { ravelIndexOp } from './ravelIndex.ts'
import { broadcastToOp, reshapeOp, sumOp } from './reduce.ts'
import { resizeOp } from './resize.ts'
import { reverseOp } from './reverse.ts'
import { ceilOp, floorOp, fmodOp, remainderOp, roundOp, truncOp } from './rounding.ts'
import { scatterMaxOp, scatterMinOp, scatterMulOp, scatterSetOp } from './scatter.ts'
import {
  equalOp,
  greaterEqualOp,
  greaterOp,
  lessEqualOp,
  lessOp,
  maximumOp,
  minimumOp,
  notEqualOp,
  whereOp,
} from './select.ts'
import { batchNormInferenceOp, batchNormTrainingOp, layerNormOp } from './standardize.ts'
import { meanOp, momentsOp, varianceOp } from './statistics.ts'
import { topkOp } from './topk.ts'
import { trilOp, triuOp } from './triangle.ts'
import { acosOp, asinOp, atan2Op, atanOp, cosOp, sinOp, tanOp } from './trigonometric.ts'
import { logSoftmaxOp, normOp, softmaxOp } from './vector.ts'

/** What users call, a row an op. */
export const PUBLIC: readonly OpSpec[] = [
  identityOp,
  astypeOp,
  negOp,
  addOp,
  subOp,
  mulOp,
  divOp,
  powOp,
  remainderOp,
  fmodOp,
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
  tanOp,
  asinOp,
  acosOp,
  atanOp,
  atan2Op,
  sinhOp,
  coshOp,
  tanhOp,
  asinhOp,
  acoshOp,
  atanhOp,
  erfOp,
  erfcOp,
  absOp,
  signOp,
  floorOp,
  ceilOp,
  roundOp,
  truncOp,
  sigmoidOp,
  softplusOp,
  reluOp,
  leakyReluOp,
  preluOp,
  geluOp,
  siluOp,
  eluOp,
  mishOp,
  hardsigmoidOp,
  hardswishOp,
  softsignOp,
  thresholdedReluOp,
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
  argminOp,
  topkOp,
  prodOp,
  anyOp,
  allOp,
  cumsumOp,
  cumprodOp,
  softmaxOp,
  logSoftmaxOp,
  softmaxCrossEntropyOp,
  oneVsRestCrossEntropyOp,
  normOp,
  normalizeOp,
  reshapeOp,
  permuteOp,
  transposeOp,
  broadcastToOp,
  sliceOp,
  reverseOp,
  padOp,
  trilOp,
  triuOp,
  concatOp(3),
  stackOp(3),
  gatherOp,
  scatterAddOp,
  scatterSetOp,
  scatterMulOp,
  scatterMaxOp,
  scatterMinOp,
  takeOp,
  gatherNDOp,
  scatterNDOp,
  oneHotOp,
  matmulOp,
  einsumOp(2),
  conv2dOp,
  conv2dBiasOp,
  convTranspose2dOp,
  maxPool2dOp,
  avgPool2dOp,
  momentsOp,
  batchNormInferenceOp,
  batchNormTrainingOp,
  layerNormOp,
  groupNormOp,
  rmsNormOp,
  gemOp,
  resizeOp,
  gridSampleOp,
  affineGridOp,
  attentionOp,
  maskedAttentionOp,
  dropoutOp,
]

/** What the rules of those apply besides: adjoints, and parts that have a kernel of their own. */
const ADJOINTS: readonly OpSpec[] = [
  arcSlopeOp,
  reluGradOp,
  preluGradOp,
  preluSlopeGradOp,
  softmaxCrossEntropyGradOp,
  oneVsRestCrossEntropyGradOp,
  quadraticAboveOp,
  quadraticAboveGradOp,
  shiftedPowerOp,
  normalizeGradOp,
  scaledSumOp,
  interiorPadOp,
  ravelIndexOp,
  conv2dReluOp,
  conv2dPreluOp,
  conv2dInputGradOp,
  conv2dWeightGradOp,
  maxPool2dGatherOp,
  maxPool2dGradOp,
  avgPool2dGradOp,
  channelSumsOp,
  scaleShiftOp,
  scaleShiftAddOp,
]

/** All of them: what the tests and the gradient checks go through. */
export const OPS: readonly OpSpec[] = [...PUBLIC, ...ADJOINTS]
