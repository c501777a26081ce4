/** Checks for gradients, the library's and your own: `gradcheck(loss, { x, w }, { order: 2 })`. */
export {
  broadcastingShapes,
  labels,
  type ShapeLimits,
  seeds,
  shapes,
  tensors,
  values,
} from './arbitraries.ts'
export { asFunction, type Case, type CaseOptions, differentiable, drawCase, drawTensor } from './cases.ts'
export { type Element, type Failure, GradcheckError } from './failure.ts'
export { type GradcheckOptions, type GradcheckResult, gradcheck, type OrderReport } from './gradcheck.ts'
export { drawValues, gridOf } from './grid.ts'
export { isCaught, WRONG_GRADIENTS, type WrongGradient } from './wrongGradients.ts'
