import type { Case } from './case.ts'
import type { Step } from './plan.ts'

const [CLASSES, DIM, BATCH] = [100_000, 512, 128]
/** Weights so short, and a rate so large, that a step's move is no rounding: each logit's softmax is some 1e-5. */
const RATES = { lr: 1, momentum: 0, s: 16 }
const SCALE = 0.01
/** A move is a difference of float32s that are some thousand times as large. */
const TOLERANCE = 1e-2
/** The plan of the net `linear`. */
const LINEAR: readonly Step[] = [
  { kind: 'flatten', tensors: [] },
  { kind: 'linear', tensors: [0, 1] },
]
const COMMON = { budget: 60_000, limit: 240_000, tolerance: TOLERANCE }

/** The step of normFace over a linear layer, all classes at once, SGD; and the three products that it cannot do without. */
export const classCases = (): Case[] => [
  step(),
  product('logits', [BATCH, DIM], [CLASSES, DIM], { transposeA: false, transposeB: true }),
  product('dW', [BATCH, CLASSES], [BATCH, DIM], { transposeA: true, transposeB: false }),
  product('dx', [BATCH, CLASSES], [CLASSES, DIM], { transposeA: false, transposeB: false }),
]

function step(): Case {
  const options = { input: [1, 1, DIM] } as const
  return {
    ...COMMON,
    name: `step C=${CLASSES} D=${DIM} b${BATCH}`,
    op: 'netStep',
    inputs: [
      { shape: [BATCH, ...options.input], layout: 'NHWC' },
      { shape: [BATCH], fill: { below: CLASSES } },
      { shape: [DIM, DIM], scale: Math.sqrt(6 / DIM) },
      { shape: [DIM], scale: 0.1 },
      { shape: [CLASSES, DIM], scale: SCALE },
    ],
    attrs: { classes: CLASSES, ...RATES },
    net: { name: 'linear', options, steps: LINEAR },
    flops: 3 * 2 * BATCH * CLASSES * DIM,
  }
}

const product = (
  name: string,
  a: readonly number[],
  b: readonly number[],
  attrs: { readonly transposeA: boolean; readonly transposeB: boolean },
): Case => ({
  ...COMMON,
  name: `its ${name}`,
  op: 'matmul',
  inputs: [{ shape: a }, { shape: b }],
  attrs,
  flops: 2 * BATCH * CLASSES * DIM,
})
