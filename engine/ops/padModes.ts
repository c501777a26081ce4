export const PAD_MODES = ['constant', 'edge', 'reflect', 'symmetric', 'wrap'] as const
export type PadMode = (typeof PAD_MODES)[number]

/** The place of each of `count` elements in an axis of n that begins `before` of them, as numpy.pad repeats it. */
export function repeated(
  mode: Exclude<PadMode, 'constant'>,
  n: number,
  before: number,
  count: number,
): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => place(mode, n, i - before))
}

function place(mode: Exclude<PadMode, 'constant'>, n: number, i: number): number {
  if (mode === 'edge') return Math.min(Math.max(i, 0), n - 1)
  if (mode === 'wrap') return modulo(i, n)
  // There and back: over the last element once, or twice.
  const period = mode === 'reflect' ? Math.max(1, 2 * (n - 1)) : 2 * n
  const at = modulo(i, period)
  return at < n ? at : mode === 'reflect' ? period - at : period - 1 - at
}

const modulo = (i: number, n: number): number => ((i % n) + n) % n
