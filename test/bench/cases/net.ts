import type { Case } from './case.ts'
import { NETS, type NetName, type NetOptions } from './nets.ts'
import { type Plan, planOf } from './plan.ts'
import { RATES } from './step.ts'

/** C of the loss. */
const CLASSES = 1000

/** Time for five turns of the build before; what is slower gets fewer, and after four minutes is not waited for. */
const COMMON = { budget: 120_000, limit: 240_000, fresh: true }
/** One call after the first, which is when everything that lasts is there. */
const TWICE = { compares: 'bytes', warmUp: 1, budget: 1 } as const
/** A move is a difference of float32s that are some hundred times as large, 20 layers behind the loss. */
const STEP_TOLERANCE = 1e-2
/**
 * Behind batch norm many inputs of relu are within rounding of 0, and pass in one library and not in the other: one of the
 * 7 x 7 x N values a channel of the last block. Measured between our own ways of a convolution, N = 4: 4.6e-2 of the
 * largest; with x sigmoid(x) instead of relu, 1.3e-5.
 */
const RELU_TOLERANCE = 1e-1
/** Sums of some thousand terms, by minimal filtering to 1e-5 a layer, through 20 layers. */
const INFER_TOLERANCE = 1e-3

interface Row {
  readonly net: NetName
  readonly side: 28 | 112
  readonly batch: number
  readonly checkpoint?: boolean
}

const FACE: Row = { net: 'sphereFaceNet-20', side: 112, batch: 32 }
const CHECKPOINT: Row = { ...FACE, checkpoint: true }

/**
 * Whole nets. A step is one of normFace with C = 1,000 and s = 16: forward, backward, SGD with momentum; the loss is read.
 * Inputs: x, the labels, the parameters of the net, W[C,D]. Outputs: the first step's loss, and how far it moves each
 * parameter. An inference has x and the parameters, and gives embeddings: of 8 images at 112, of 128 at 28. A peak is a
 * step whose ratio is that of the memory.
 */
export const netCases = (): Case[] => [
  step(FACE),
  infer({ ...FACE, batch: 8 }),
  step({ net: 'resNet', side: 112, batch: 16 }),
  // The build before runs out of memory with 16.
  step({ net: 'resNet', side: 112, batch: 8 }),
  step({ net: 'convNet', side: 28, batch: 128 }),
  peak(FACE),
  step(CHECKPOINT),
  peak(CHECKPOINT),
  step({ ...FACE, batch: 64 }),
  step({ net: 'resNet', side: 28, batch: 32 }),
  step({ net: 'smallNet', side: 28, batch: 128 }),
  infer({ net: 'resNet', side: 112, batch: 8 }),
  infer({ net: 'resNet', side: 28, batch: 128 }),
  infer({ net: 'convNet', side: 28, batch: 128 }),
  infer({ net: 'smallNet', side: 28, batch: 128 }),
]

/** The step of the face net, for so many threads. */
export const threadedCase = (threads: number): Case => step(FACE, ` ${threads} threads`)

const titleOf = ({ net, side, batch, checkpoint }: Row): string =>
  `${net} ${side} b${batch}${checkpoint ? ' checkpoint' : ''}`

const step = (row: Row, suffix = ''): Case => trained(`step ${titleOf(row)}${suffix}`, row)
const peak = (row: Row): Case => trained(`peak ${titleOf(row)}`, row, TWICE)

const trained = (name: string, row: Row, rest: Partial<Case> = {}): Case =>
  planned(row, { ...COMMON, name, op: 'netStep', tolerance: toleranceOf(row), ...rest }, (plan, image) => {
    const { dim } = plan
    return {
      inputs: [
        image,
        { shape: [row.batch], fill: { below: CLASSES } },
        ...plan.parameters,
        { shape: [CLASSES, dim] },
      ],
      attrs: { classes: CLASSES, ...RATES },
      // Of the cosines: the logits, and the gradients of both factors.
      flops: row.batch * (plan.step + 3 * 2 * CLASSES * dim),
    }
  })

const toleranceOf = ({ net }: Row): number => (net === 'resNet' ? RELU_TOLERANCE : STEP_TOLERANCE)

const infer = (row: Row): Case =>
  planned(
    row,
    { ...COMMON, name: `infer ${row.net} ${row.side}`, op: 'netInfer', tolerance: INFER_TOLERANCE },
    (plan, image) => ({
      inputs: [image, ...plan.parameters],
      attrs: {},
      flops: row.batch * plan.forward,
    }),
  )

type Planned = Pick<Case, 'inputs' | 'attrs' | 'flops'>

/** A case whose net is made when something of it is read: it may have millions of weights. */
function planned(
  { net, side, batch, checkpoint }: Row,
  rest: Omit<Case, keyof Planned>,
  of: (plan: Plan, image: Case['inputs'][number]) => Planned,
): Case {
  const options: NetOptions = { input: [side, side, side === 28 ? 1 : 3], checkpoint }
  let made: (Planned & Pick<Case, 'net'>) | undefined
  const get = () => {
    if (made === undefined) {
      const built = NETS[net](options)
      const plan = planOf(built, options.input)
      for (const t of Object.values(built.parameters)) t.dispose()
      const image = { shape: [batch, ...options.input], layout: 'NHWC' } as const
      made = { ...of(plan, image), net: { name: net, options, steps: plan.steps } }
    }
    return made
  }
  return {
    ...rest,
    get inputs() {
      return get().inputs
    },
    get attrs() {
      return get().attrs
    },
    get flops() {
      return get().flops
    },
    get net() {
      return get().net
    },
  }
}
