/** The files that take longest, the longest first; a fresh clone has no record of durations. */
export const LONGEST = [
  'engine/notANumber',
  'losses/parity',
  'engine/parity',
  'models/trainAllOrNothing',
  'gpu/training',
  'losses/marginSoftmax',
  'engine/testing/wrongGradients',
  'engine/wasm/kernels',
  'engine/longSums',
  'gpu/mixed',
  'docs/readme',
  'gradcheck/gradcheck',
].map(name => `test/${name}.test.ts`)
