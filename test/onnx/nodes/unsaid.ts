/** Thrown by a row for what cannot be said here, with why. */
export class Unsaid extends Error {}

export function cannot(why: string): never {
  throw new Unsaid(why)
}

/** Operators without a row, and why they have none. */
export const UNSAID: Readonly<Record<string, string>> = {
  ...because('strings', 'StringNormalizer', 'TfIdfVectorizer'),
  ...because('sequences and optionals', 'SequenceInsert', 'SequenceMap', 'SequenceAt', 'SequenceLength'),
  ...because('sequences and optionals', 'SequenceEmpty', 'OptionalHasElement', 'OptionalGetElement'),
  ...because('control flow', 'If', 'Loop', 'Scan'),
  ...because('random numbers of their own', 'Bernoulli', 'RandomUniformLike'),
  ...because('steps of optimisers', 'Adagrad', 'Adam', 'Momentum'),
  ...because('bits', 'BitShift'),
  ...because('8-bit products', 'QLinearConv', 'QLinearMatMul'),
  ...because('a shape that depends on values', 'NonZero', 'Unique', 'NonMaxSuppression'),
  ...because('spectra', 'DFT', 'STFT', 'MelWeightMatrix'),
  ...because('determinants', 'Det'),
}

function because(why: string, ...ops: string[]): Record<string, string> {
  return Object.fromEntries(ops.map(op => [op, why]))
}
