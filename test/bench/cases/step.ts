import { type Case, type Input, sizeOf } from './case.ts'

/** Time for a second, warm call of the slowest peer that can do it at all. */
const BUDGET = 120_000
const LIMIT = 240_000
/** A step's move is a difference of float32s that are some hundred times as large. */
const TOLERANCE = 1e-2

/** The embedding's size. */
const D = 32

/** What each contestant's step uses; of the cosine softmax s is 16. */
export const RATES = { lr: 0.05, momentum: 0.9, s: 16 }

/**
 * A training step through a library's public API: conv 3x3x16 - conv 3x3x32 stride 2 - conv 3x3x64 stride 2, a relu
 * after each, linear 32, softmax over s cos theta of C classes; forward, backward, SGD with momentum; the loss is
 * read. Inputs: x, labels, then the eight parameters of the net and W[C,32] as they start. Outputs: the first step's
 * loss, and how far it moves each parameter.
 */
export function stepCase(classes: number, batch = 128): Case {
  const weighted = (weight: Input): Input[] => {
    const fanIn = sizeOf(weight.shape) / weight.shape.at(-1)!
    return [
      { ...weight, scale: Math.sqrt(6 / fanIn) },
      { shape: weight.shape.slice(-1), scale: 0.1 },
    ]
  }
  const conv = (from: number, to: number): Input[] => weighted({ shape: [3, 3, from, to], layout: 'HWIO' })
  return {
    name: `step C=${classes}`,
    op: 'step',
    inputs: [
      { shape: [batch, 28, 28, 1], layout: 'NHWC' },
      { shape: [batch], fill: { below: classes } },
      ...conv(1, 16),
      ...conv(16, 32),
      ...conv(32, 64),
      ...weighted({ shape: [7 * 7 * 64, D] }),
      { shape: [classes, D] },
    ],
    attrs: { classes, ...RATES },
    tolerance: TOLERANCE,
    budget: BUDGET,
    limit: LIMIT,
  }
}

export const stepCases = (): Case[] => [10, 2000, 20000].map(classes => stepCase(classes))
