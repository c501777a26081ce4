import type { Case } from './case.ts'

/** What `--quick` leaves: a case of each kind. */
const NAMES: ReadonlySet<string> = new Set([
  'matmul 512',
  'matmul 128x2000x32 Bt',
  'conv 64x14x14->64 3x3 forward',
  'conv 64x14x14->64 3x3 dx',
  'conv 64x14x14->64 3x3 dw',
  'add 1M',
  'relu 1M',
  'exp 1M',
  'sum 1M',
  'softmax 128x2000',
  'maxPool 2x2 128x28x28x32 forward',
  'transpose 1024x1024',
  'gather 128 of 2000x32',
  'step C=2000',
  'step convNet 28 b128',
  'step sphereFaceNet-20 112 b32',
  'infer sphereFaceNet-20 112',
  'peak sphereFaceNet-20 112 b32',
  'search 1 in 1Mx128',
  'foldAccuracy 1M pairs',
  'webgl2 matmul 512',
  'webgl2 step C=10',
  'webgpu matmul 512',
  'webgpu step C=10',
])

/** Turns of each library, and steps of the memory cases. */
export const QUICK = { rounds: 3, steps: 200 } as const

/** Milliseconds after which a slow peer is not waited for. */
const LIMIT = 60_000

export const isQuick = ({ name }: Case): boolean => NAMES.has(name)

/** The same case with a quarter of its time. */
export const hurried = (c: Case): Case => ({ ...c, budget: c.budget / 4, limit: Math.min(c.limit, LIMIT) })
