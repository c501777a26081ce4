import * as ir from '../../../models/all.ts'
import { resize } from '../../../models/images/resize.ts'
import { type Case, sampleOf, valuesOf } from '../cases/case.ts'
import type { Prepared } from '../harness/adapter.ts'

/** The cases of cases/search.ts: what a case prepares, and what it computes again and again. */
type Prepare = (values: (Float32Array | Int32Array)[], c: Case, before: boolean) => Promise<Run>
interface Run {
  call(): void | Promise<void>
  /** The outputs of the latest call. */
  read(): ArrayLike<number>[]
}

/** The rows of input number `i`, as unit vectors that stay; in the build before there is nothing that keeps them. */
async function rowsOf(
  values: readonly ArrayLike<number>[],
  i: number,
  c: Case,
  before: boolean,
): Promise<ir.Embeddings> {
  const rows = ir.tensor(values[i] as Float32Array, { shape: c.inputs[i].shape })
  if (before) return rows
  const index = await ir.flatIndex(rows)
  rows.dispose()
  return index
}

const OPS: Readonly<Record<string, Prepare>> = {
  async search(values, c, before) {
    const queries = ir.tensor(values[0], { shape: c.inputs[0].shape })
    const gallery = await rowsOf(values, 1, c, before)
    let found: ir.Found
    return {
      async call() {
        found = await ir.search(queries, gallery, { k: c.attrs.k as number })
      },
      read: () => [found.scores],
    }
  },
  async foldAccuracy([scores, same, folds], _, before) {
    const columns = {
      a: new Int32Array(same.length),
      b: new Int32Array(same.length),
      same: Uint8Array.from(same),
    }
    const pairs = before ? Array.from(same, one => ({ a: 0, b: 0, same: one === 1 })) : columns
    let figures: ir.FoldAccuracy
    return {
      call() {
        figures = ir.foldAccuracy(scores, pairs, folds as Int32Array)
      },
      read: () => [[figures.mean], [figures.standardError], figures.folds.map(({ accuracy }) => accuracy)],
    }
  },
  async reid(values, c, before) {
    const [query, gallery] = await Promise.all(
      [0, 3].map(async i => ({
        x: await rowsOf(values, i, c, before),
        // From 1 on: 0 is a distractor.
        ids: (values[i + 1] as Int32Array).map(id => id + 1),
        cameras: values[i + 2] as Int32Array,
      })),
    )
    let figures: ir.Reid
    return {
      async call() {
        figures = await ir.reid(query, gallery)
      },
      read: () => [figures.cmc, [figures.mAP]],
    }
  },
  async resize([values], c) {
    const [height, width] = c.inputs[0].shape
    const image = { height, width, rgb: Uint8Array.from(values) }
    let z: Float32Array
    return {
      call() {
        z = resize(image, height, width)
      },
      read: () => [z],
    }
  },
}

/** undefined where the case is none of these. */
export async function prepareSearch(c: Case, before: boolean): Promise<Prepared | undefined> {
  const prepare = OPS[c.op]
  if (prepare === undefined) return undefined
  const { call, read } = await prepare(c.inputs.map(valuesOf), c, before)
  return {
    call,
    outputs: async () => read().map(sampleOf),
    // Its process ends with the case.
    end() {},
  }
}
