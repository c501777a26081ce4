import { checkFlag } from '../../engine/check.ts'
import { concat, defaultBackend, parameter, type Tensor, take, tensor, zeros } from '../../engine/index.ts'
import { generatorOf } from '../../engine/random.ts'
import { isRecording } from '../../engine/recording.ts'
import { snapshotWith } from '../../engine/snapshots.ts'
import { assignAll, checkNames, checkTensors, type State, snapshot } from '../../engine/state.ts'
import { rangeOf, Table } from '../../engine/table.ts'
import { TableRows } from '../../engine/tableRows.ts'
import type { ClassIndices } from '../labels.ts'
import { checkLossOptions } from '../loss.ts'
import type { SampleSize, SeenClasses } from '../sampledClasses.ts'
import { LEARNED_OPTIONS, type LearnedOptions, learned, type Prototypes, UNMOVED } from './prototypes.ts'
import { blocksOf, type SeenPrototypes } from './seen.ts'

/** `learned`, or `learnedRows` where a step sees so many of the classes. */
export const learnedOrRows = (op: string, options: LearnedOptions, sample?: SampleSize): Prototypes =>
  sample === undefined ? learned(op, options) : learnedRows(op, options, sample)

/**
 * `learned`, where a step sees `size` of the classes: W[C,D] is a table outside the backend, from the same draws, and the parameters
 * `W.0`, `W.1`, .. stand for the rows that a step loads. An optimiser moves these and leaves the others behind (`LazyRows`). The
 * bias, if there is one, is b[C] as ever. Where nothing is recorded, rows are read and no parameter changes.
 */
export function learnedRows(op: string, options: LearnedOptions, { size, block }: SampleSize): Prototypes {
  checkLossOptions(op, options, LEARNED_OPTIONS)
  const { classes, dim, dtype = 'float32', backend = defaultBackend(dtype), bias = false } = options
  checkFlag(op, 'bias', bias)
  const table = new Table(classes, dim, dtype).fillNormal(generatorOf(op, options, 0), 1 / Math.sqrt(dim))
  const rows = new TableRows(table, size, block, backend)
  const b = bias ? parameter(zeros([classes], { dtype, backend })) : undefined
  const own: Record<string, Tensor> = b === undefined ? {} : { b }
  const blocks = blocksOf(size, block)
  const state = (): State => ({ tensors: { W: table.tensor(backend), ...snapshot(own) }, values: {} })

  /** w_y of each sample, out of the parameters where they stand. */
  function loaded(columns: ClassIndices): Tensor {
    const order: number[] = []
    const parts = blocks.flatMap(({ begin, end }, k) => {
      const within = Array.from(columns, (_, i) => i).filter(i => columns[i] >= begin && columns[i] < end)
      if (within.length === 0) return []
      order.push(...within)
      const index = Int32Array.from(within, i => columns[i] - begin)
      return [take(rows.parameters[k], tensor(index, { backend }))]
    })
    const places = new Int32Array(order.length)
    order.forEach((i, place) => {
      places[i] = place
    })
    return take(concat(parts, 0), tensor(places, { backend }))
  }

  function forClasses(_: Tensor, y: ClassIndices, { classes, columns }: SeenClasses): SeenPrototypes {
    if (!isRecording()) {
      table.settle(classes)
      return {
        blocks: blocks.map(({ begin, end }) => ({
          begin,
          end,
          W: () => table.read(classes.subarray(begin, end), backend),
          constant: true,
        })),
        own: () => table.read(Int32Array.from(y), backend),
        b,
      }
    }
    rows.load(classes)
    return {
      blocks: blocks.map((range, k) => ({ ...range, W: () => rows.parameters[k], constant: false })),
      own: () =>
        blocks.length === 1 ? take(rows.parameters[0], tensor(columns, { backend })) : loaded(columns),
      b,
    }
  }

  return {
    parameters: { ...Object.fromEntries(rows.parameters.map((p, k) => [`W.${k}`, p])), ...own },
    get W() {
      return table.tensor(backend)
    },
    rowsOfW(begin, end) {
      const rows = rangeOf(begin, end)
      table.settle(rows)
      return table.read(rows, backend)
    },
    bias: b,
    forBatch: () => ({ W: table.tensor(backend), b }),
    forClasses,
    ...UNMOVED,
    state,
    load({ tensors, values }) {
      checkTensors(op, { W: { shape: [classes, dim], dtype, backend }, ...own }, tensors)
      checkNames(op, [], Object.keys(values))
      table.settle()
      table.assign(tensors.W)
      assignAll(own, tensors)
    },
    snapshot: () => ({
      ...snapshotWith(own, {}, ({ tensors }) => assignAll(own, tensors)),
      state,
    }),
  }
}
