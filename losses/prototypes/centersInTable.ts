import type { Backend } from '../../engine/backends/backend.ts'
import {
  type Generator,
  noGrad,
  normalize,
  reshape,
  sub,
  type Tensor,
  take,
  tensor,
  tidy,
} from '../../engine/index.ts'
import { snapshotWith } from '../../engine/snapshots.ts'
import { assignAll, checkNames, checkTensors, mapRecord, type State, snapshot } from '../../engine/state.ts'
import { rangeOf, Table, valuesInPlace } from '../../engine/table.ts'
import { Tables } from '../../engine/tables.ts'
import { refuseOddState } from '../finite.ts'
import type { ClassIndices } from '../labels.ts'
import type { SampleSize } from '../sampledClasses.ts'
import { columnSums, sumsFrom } from './columnSums.ts'
import { batchOf, type Estimator, type Memory, type Rates } from './estimators.ts'
import type { Prototypes } from './prototypes.ts'
import { blocksOf } from './seen.ts'

interface Setting {
  readonly classes: number
  readonly dim: number
  readonly dtype: 'float32' | 'float64'
  readonly backend: Backend
  readonly rng: Generator
  readonly rates: Rates
  readonly subtractMean: boolean
  readonly normalized: boolean
  /** b[C], if there is one. */
  readonly b?: Tensor
}

type Rest = Pick<Prototypes, 'updateAfter' | 'refreshEvery'> & { readonly moves: boolean }

/**
 * Class centres in tables outside the backend: an update reads and writes the rows of its own classes, by the same estimators and to
 * the same bits as `classCenters`; there is no gradient, no optimiser and no moment of W at all. Of mean_k c_k the sum is kept, in
 * float64, and moved on by what a row changes: W_j is that of `classCenters` but for rounding.
 */
export function centersInTable(
  op: string,
  { unit, memory, next }: Estimator,
  { classes, dim, dtype, backend, rng, rates, subtractMean, normalized, b }: Setting,
  { block }: SampleSize,
  { moves, ...rest }: Rest,
): Prototypes {
  const shapes = { centers: [classes, dim], ...memory?.(classes, dim, rates) }
  const tables = mapRecord(
    shapes,
    ([, ...row]) =>
      new Table(
        classes,
        row.reduce((a, b) => a * b, 1),
        dtype,
      ),
  )
  const centers = tables.centers.fillNormal(rng, 1 / Math.sqrt(dim))
  if (unit) {
    for (const { begin, end } of blocksOf(classes, block)) {
      tidy(() => centers.write(rangeOf(begin, end), normalize(centers.readRange(begin, end, backend))))
    }
  }
  const all = new Tables(tables)
  const own: Record<string, Tensor> = b === undefined ? {} : { b }
  let total = subtractMean ? columnSums(centers) : undefined

  const prototypesOf = (c: Tensor): Tensor =>
    total === undefined
      ? c
      : normalize(
          sub(
            c,
            tensor(
              total.map(sum => sum / classes),
              { shape: [1, dim], dtype, backend },
            ),
          ),
        )

  /** The rows of these classes after their samples z[n,D], which are of the classes `of` among them. */
  function follow(rows: Int32Array, z: Tensor, of: ClassIndices): void {
    const before = mapRecord(tables, (table, name) => {
      const [, ...row] = shapes[name as 'centers']
      return reshape(table.read(rows, backend), [rows.length, ...row])
    })
    const after = next(before as Memory, batchOf(z, of, rows.length), rates)
    const flat = mapRecord(after, t => reshape(t, [rows.length, t.size / rows.length]))
    if (total !== undefined) {
      const [old, now] = [before.centers, flat.centers].map(valuesInPlace)
      total = total.slice()
      for (let i = 0; i < now.length; i++) total[i % dim] += now[i] - old[i]
    }
    all.write(rows, flat)
  }

  /** All rows of the classes of x, or none where it throws. */
  function takeIn(x: Tensor, y: ClassIndices): void {
    const rows = Int32Array.from(new Set(Array.from(y))).sort()
    const [then, sum] = [all.now(), total]
    try {
      for (const { begin, end } of blocksOf(rows.length, block)) {
        const these = rows.subarray(begin, end)
        const places = new Map(Array.from(these, (row, i) => [row, i]))
        const samples = Array.from(y, (_, i) => i).filter(i => places.has(y[i]))
        noGrad(() =>
          tidy(() => {
            const part =
              samples.length === y.length ? x : take(x, tensor(Int32Array.from(samples), { backend }))
            const of = samples.map(i => places.get(y[i]) as number)
            follow(these, normalized ? normalize(part) : part, of)
          }),
        )
      }
    } catch (error) {
      then.putBack()
      total = sum
      throw error
    } finally {
      then.release()
    }
  }

  const valuesOf = (sum: Float64Array | undefined): State['values'] =>
    sum === undefined ? {} : { total: [...sum] }
  const shaped = (of: Record<string, Tensor>): Record<string, Tensor> =>
    mapRecord(of, (t, name) => reshape(t, shapes[name as 'centers']))
  const wholeW = (): Tensor => prototypesOf(centers.tensor(backend))

  return {
    parameters: own,
    bias: b,
    ...rest,
    get W() {
      return wholeW()
    },
    rowsOfW: (begin, end) => tidy(() => prototypesOf(centers.readRange(begin, end, backend))),
    forBatch: () => ({ W: wholeW(), b, c: centers.tensor(backend) }),
    forClasses: (_, y, seen) => ({
      blocks: blocksOf(seen.classes.length, seen.block).map(({ begin, end }) => ({
        begin,
        end,
        W: () =>
          noGrad(() => tidy(() => prototypesOf(centers.read(seen.classes.subarray(begin, end), backend)))),
        constant: true,
      })),
      own: () => noGrad(() => tidy(() => prototypesOf(centers.read(Int32Array.from(y), backend)))),
      ownCenters: () => centers.read(Int32Array.from(y), backend),
      b,
    }),
    update(x, y) {
      if (moves) takeIn(x, y)
    },
    refresh: takeIn,
    state: () => ({
      tensors: { ...tidy(() => shaped(mapRecord(tables, table => table.tensor(backend)))), ...snapshot(own) },
      values: valuesOf(total),
    }),
    load({ tensors, values }) {
      const kinds = mapRecord(shapes, shape => ({ shape, dtype, backend }))
      checkTensors(op, { ...kinds, ...own }, tensors)
      refuseOddState(
        op,
        mapRecord(kinds, (_, name) => tensors[name]),
      )
      const { total: sum, ...more } = values
      checkNames(op, [], Object.keys(more))
      const given = sum === undefined ? undefined : sumsFrom(op, sum, dim)
      all.assign(tensors)
      assignAll(own, tensors)
      total = subtractMean ? (given ?? columnSums(centers)) : undefined
    },
    snapshot() {
      const [then, sum, watched] = [all.now(), total, all.watched(backend)]
      const dense = snapshotWith(own, valuesOf(sum), ({ tensors }) => assignAll(own, tensors))
      return {
        ...dense,
        tensors: { ...watched, ...dense.tensors },
        state: () => ({
          tensors: { ...tidy(() => shaped(then.tensors(backend))), ...dense.state().tensors },
          values: valuesOf(sum),
        }),
        putBack() {
          dense.putBack()
          then.putBack()
          total = sum
        },
        release() {
          dense.release()
          then.release()
          for (const t of Object.values(watched)) if (!t.disposed) t.dispose()
        },
      }
    },
  }
}
