/** From similarities to answers: which threshold, how sure, and who it is. */
export { type CalibrateOptions, type Calibration, calibrate } from './calibration/calibrate.ts'
export { calibrationPlot } from './calibration/calibrationPlot.ts'
export { type IdentityPairs, identityPairs } from './calibration/identityPairs.ts'
export type { Rate } from './calibration/rate.ts'
