/** From similarities to answers: which threshold, how sure, and who it is. */
export { type CalibrateOptions, type Calibration, calibrate } from './calibration/calibrate.ts'
export { calibrationPlot } from './calibration/calibrationPlot.ts'
export { type IdentityPairs, identityPairs } from './calibration/identityPairs.ts'
export type { Rate } from './calibration/rate.ts'
export type { EnrolOptions } from './gallery/enrolment.ts'
export { exactStore } from './gallery/exactStore.ts'
export { Gallery, type GalleryOptions } from './gallery/gallery.ts'
export type { Answer, Candidate, IdentifyOptions } from './gallery/identify.ts'
export { type LanceOptions, type LanceTable, lanceStore } from './gallery/lanceStore.ts'
export { type LoadGalleryOptions, loadGallery } from './gallery/loadGallery.ts'
export { type PgClient, type PgVectorOptions, pgVectorStore } from './gallery/pgVectorStore.ts'
export type { Duplicate, Enrolled, GalleryReport, ReportOptions, Suspect } from './gallery/report.ts'
export type { Neighbor, VectorStore } from './gallery/vectorStore.ts'
export { type DetPoint, det } from './scores/det.ts'
export {
  type DetectionCost,
  type DetectionCostOptions,
  minDetectionCost,
} from './scores/detectionCost.ts'
export { type EqualErrorRateOptions, equalErrorRate } from './scores/equalErrorRate.ts'
export { isotonicCalibration } from './scores/isotonicCalibration.ts'
export {
  type LogisticCalibration,
  logisticCalibration,
  type ScoreCalibration,
  type ScoreCalibrationOptions,
} from './scores/logistic.ts'
export { cllr, minCllr } from './scores/logRatios.ts'
export {
  type CohortOptions,
  type CohortStatistics,
  cohortStatistics,
  type ScoredRows,
  sNorm,
  tNorm,
  zNorm,
} from './scores/normalization.ts'
export { type RiskCoverage, type RiskPoint, riskCoverage } from './scores/riskCoverage.ts'
