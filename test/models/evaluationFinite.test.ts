import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DType, tensor } from '../../engine/index.ts'
import * as evaluation from '../../models/evaluation/index.ts'
import { check } from '../support/property.ts'

/** Numbers in the order in which a function takes them: `columns` a row, by which errors name them. */
interface Input {
  readonly values: readonly number[]
  readonly columns: number
  /** What the error calls an entry, or a row of them. */
  readonly place: (row: number) => string
  /** What is no number here, or none that can be right. */
  readonly bad: readonly number[]
}

type Numbers = Readonly<Record<string, number[]>>

interface Row {
  readonly inputs: Readonly<Record<string, Input>>
  /** Calls the function with these numbers. */
  call(numbers: Numbers, dtype: DType): unknown
}

const bad = [Number.NaN, Infinity, -Infinity]
/** N rows of D numbers, none of which is 0. */
const matrix = (n: number, d: number, more: Partial<Input> = {}): Input => ({
  values: Array.from({ length: n * d }, (_, i) => ((i * 7) % 5) - 2.5),
  columns: d,
  place: row => `row ${row}`,
  bad,
  ...more,
})
const list = (values: readonly number[], of: string, more: Partial<Input> = {}): Input => ({
  values,
  columns: 1,
  bad,
  place: i => `${of} ${i}`,
  ...more,
})
const labels = (...values: number[]): Input => list(values, 'for sample', { bad: [...bad, 0.5, -7, 2 ** 53] })
const one = (value: number, more: readonly number[] = []): Input => ({
  values: [value],
  columns: 1,
  bad: [...bad, ...more],
  place: () => '',
})
const infinite = { bad: [Infinity, -Infinity] }
const scores = {
  same: list([-0.5, 0, 0.5], 'pair'),
  different: list([-1, 0.25], 'pair'),
}
const PAIRS = [0, 1, 2].map(p => ({ a: p, b: 2 - p, same: p === 1 }))

const rows = (values: readonly number[], d: number, dtype: DType) =>
  tensor(
    Array.from({ length: values.length / d }, (_, i) => values.slice(i * d, (i + 1) * d)),
    { dtype },
  )
const pairs = ({ same, different }: Numbers) => ({
  same: Float64Array.from(same),
  different: Float64Array.from(different),
})

async function drained(blocks: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of blocks);
}

const ROWS: Readonly<Record<string, Row>> = {
  anglesBetween: {
    inputs: { a: matrix(3, 2), b: matrix(3, 2) },
    call: ({ a, b }, dtype) => evaluation.anglesBetween(rows(a, 2, dtype), rows(b, 2, dtype)),
  },
  auc: { inputs: scores, call: numbers => evaluation.auc(pairs(numbers)) },
  roc: { inputs: scores, call: numbers => evaluation.roc(pairs(numbers)) },
  tarAtFar: {
    inputs: { ...scores, far: one(0.5, [-1, 2]) },
    call: numbers => evaluation.tarAtFar(pairs(numbers), numbers.far[0]),
  },
  averagePrecision: {
    inputs: { ranks: list([1, 3, 4], 'match') },
    call: ({ ranks }) => evaluation.averagePrecision(ranks),
  },
  trapezoidalPrecision: {
    inputs: { ranks: list([1, 3, 4], 'match') },
    call: ({ ranks }) => evaluation.trapezoidalPrecision(ranks),
  },
  blufr: {
    inputs: {
      vrs: list([0.5, 1], 'vr of trial', { bad: [...bad, -1, 2] }),
      dirs: list([0.25, 0], 'dir of trial', { bad: [...bad, -1, 2] }),
    },
    call: ({ vrs, dirs }) => evaluation.blufr(vrs.map((vr, t) => ({ vr, dir: dirs[t] }))),
  },
  blufrTrial: {
    inputs: {
      x: matrix(4, 2),
      y: labels(0, 1, 1, 2),
      gallery: labels(0, 1),
      probes: labels(2, 3),
      verificationFar: one(0.5, [-1, 2]),
      identificationFar: one(0.5, [-1, 2]),
      rank: one(1, [0.5, 0]),
    },
    call: ({ x, y, gallery, probes, verificationFar: [v], identificationFar: [i], rank: [rank] }, dtype) => {
      const options = { verificationFar: v, identificationFar: i, rank }
      return evaluation.blufrTrial(rows(x, 2, dtype), y, { gallery, probes }, options)
    },
  },
  bySize: {
    inputs: {
      byClass: list([0.5, 1], 'class', infinite),
      sizes: list([7, 1], 'class', { bad: [...bad, -1] }),
      few: one(5),
      medium: one(6),
    },
    call: ({ byClass, sizes, few, medium }) =>
      evaluation.bySize(byClass, sizes, { few: few[0], medium: medium[0] }),
  },
  classMeans: {
    inputs: { x: matrix(3, 2), y: labels(0, 1, 1), classes: one(2, [0.5, 0]) },
    call: ({ x, y, classes }, dtype) => evaluation.classMeans(rows(x, 2, dtype), y, classes[0]),
  },
  classSizes: {
    inputs: { y: labels(0, 1, 1), classes: one(2, [0.5, 0]) },
    call: ({ y, classes }) => evaluation.classSizes(y, classes[0]),
  },
  closedSet: {
    inputs: { predicted: labels(1, 0), y: labels(1, 1), classes: one(2, [0.5, 0]) },
    call: ({ predicted, y, classes }) => evaluation.closedSet(predicted, y, classes[0]),
  },
  degrees: { inputs: { radians: one(1) }, call: ({ radians }) => evaluation.degrees(radians[0]) },
  flatIndex: {
    inputs: { x: matrix(3, 2) },
    call: ({ x }, dtype) => evaluation.flatIndex(rows(x, 2, dtype)),
  },
  foldAccuracy: {
    inputs: { s: list([0.1, 0.2, 0.3], 'pair'), folds: labels(0, 1, 1) },
    call: ({ s, folds }) => evaluation.foldAccuracy(s, PAIRS, folds),
  },
  identification: {
    inputs: {
      x: matrix(3, 2),
      y: labels(0, 1, 1),
      z: matrix(4, 2),
      sizes: one(2, [0.5, -1, 5]),
      ranks: one(3, [0.5, 0]),
      far: one(0.5, [-1, 2]),
    },
    call: ({ x, y, z, sizes, ranks: [ranks], far: [far] }, dtype) =>
      evaluation.identification(rows(x, 2, dtype), y, rows(z, 2, dtype), { sizes, ranks, far }),
  },
  meanOver: {
    inputs: {
      byClass: list([0.5, 1], 'class', infinite),
      classes: { ...list([1, 0], 'classes'), place: k => `classes\\[${k}\\]`, bad: [...bad, 0.5, 2, -1] },
    },
    call: ({ byClass, classes }) => evaluation.meanOver(byClass, classes),
  },
  multipleQueries: {
    inputs: { x: matrix(3, 2), ids: labels(1, 2, 2), cameras: labels(0, 1, 1) },
    call: ({ x, ids, cameras }, dtype) => evaluation.multipleQueries({ x: rows(x, 2, dtype), ids, cameras }),
  },
  nearestClassMean: {
    inputs: { x: matrix(3, 2), means: matrix(2, 2) },
    call: ({ x, means }, dtype) => evaluation.nearestClassMean(rows(x, 2, dtype), rows(means, 2, dtype)),
  },
  openSetIdentification: {
    inputs: {
      x: matrix(3, 2),
      y: labels(0, 1, 1),
      z: matrix(4, 2),
      w: labels(0, 0, 2, 3),
      fpirs: list([0.1, 0.5], '', { bad: [...bad, -1, 2], place: () => '' }),
      rank: one(1, [0.5, 0]),
      ranks: one(3, [0.5, 0]),
    },
    call: ({ x, y, z, w, fpirs, rank: [rank], ranks: [ranks] }, dtype) =>
      evaluation.openSetIdentification(rows(x, 2, dtype), y, rows(z, 2, dtype), w, {
        fpirs,
        withinRank: rank,
        ranks,
      }),
  },
  pairCosines: {
    inputs: { x: matrix(3, 2), a: list([0, 1, 2], 'pair', { bad: [...bad, 0.5, 3, -1] }) },
    call: ({ x, a }, dtype) =>
      evaluation.pairCosines(
        rows(x, 2, dtype),
        PAIRS.map((pair, p) => ({ ...pair, a: a[p] })),
      ),
  },
  pairScores: {
    inputs: { x: matrix(3, 2), y: labels(0, 1, 1), cameras: labels(0, 1, 2) },
    call: ({ x, y, cameras }, dtype) => evaluation.pairScores(rows(x, 2, dtype), y, cameras),
  },
  predict: {
    inputs: { logits: matrix(3, 2, { bad: [Number.NaN, Infinity] }) },
    call: ({ logits }, dtype) => evaluation.predict(rows(logits, 2, dtype)),
  },
  reid: {
    inputs: {
      x: matrix(2, 2),
      ids: labels(1, 2),
      cameras: labels(0, 1),
      z: matrix(3, 2),
      names: labels(-1, 1, 2),
      places: labels(0, 1, 2),
      ranks: one(3, [0.5, 0]),
    },
    call: ({ x, ids, cameras, z, names, places, ranks }, dtype) =>
      evaluation.reid(
        { x: rows(x, 2, dtype), ids, cameras },
        { x: rows(z, 2, dtype), ids: names, cameras: places },
        { ranks: ranks[0] },
      ),
  },
  rerank: {
    inputs: {
      query: matrix(2, 3),
      gallery: matrix(4, 3),
      k1: one(2, [0.5, 0]),
      k2: one(2, [0.5, 0]),
      lambda: one(0.5, [-1, 2]),
    },
    call: ({ query, gallery, k1: [k1], k2: [k2], lambda: [lambda] }, dtype) =>
      drained(evaluation.rerank(rows(query, 3, dtype), rows(gallery, 3, dtype), { k1, k2, lambda })),
  },
  retrieval: {
    inputs: { x: matrix(3, 2), y: labels(0, 1, 1), cameras: labels(0, 1, 2), ranks: one(3, [0.5, 0]) },
    call: ({ x, y, cameras, ranks }, dtype) =>
      evaluation.retrieval(rows(x, 2, dtype), y, { cameras, ranks: ranks[0] }),
  },
  search: {
    inputs: { x: matrix(2, 3), z: matrix(4, 3), k: one(2, [0.5, 0, 5]), side: one(2, [0.5, 0]) },
    call: ({ x, z, k, side }, dtype) =>
      evaluation.search(rows(x, 3, dtype), rows(z, 3, dtype), { k: k[0], tile: [2, side[0]] }),
  },
  similarities: {
    inputs: { x: matrix(2, 3), z: matrix(4, 3), size: one(2, [0.5, 0]) },
    call: ({ x, z, size }, dtype) =>
      drained(evaluation.similarities(rows(x, 3, dtype), rows(z, 3, dtype), size[0])),
  },
  smallestClasses: {
    inputs: { sizes: list([3, 1, 2], 'class', { bad: [...bad, -1] }), count: one(2, [0.5, 0, 4]) },
    call: ({ sizes, count }) => evaluation.smallestClasses(sizes, count[0]),
  },
  splitScores: {
    inputs: { s: list([0.1, 0.2, 0.3], 'pair') },
    call: ({ s }) => evaluation.splitScores(s, PAIRS),
  },
  tarAtFars: {
    inputs: { ...scores, fars: list([0.1, 0.5], '', { bad: [...bad, -1, 2], place: () => '' }) },
    call: numbers => evaluation.tarAtFars(pairs(numbers), numbers.fars),
  },
  templateMeans: {
    inputs: {
      x: matrix(3, 2),
      templates: labels(0, 1, 1),
      media: labels(0, 1, 1),
      weights: list([1, 0.5, 2], 'image'),
    },
    call: ({ x, templates, media, weights }, dtype) =>
      evaluation.templateMeans(rows(x, 2, dtype), templates, media, { weights }),
  },
  verificationReport: {
    inputs: {
      s: list([0.1, 0.2, 0.3], 'pair'),
      folds: labels(0, 1, 1),
      fars: list([0.1, 0.5], '', { bad: [...bad, -1, 2], place: () => '' }),
    },
    call: ({ s, folds, fars }) => evaluation.verificationReport(s, PAIRS, folds, { fars }),
  },
}

/** NaN stands there for what there is none of, and is no figure. */
const NAN_PASSES: readonly string[] = ['degrees radians']

const FUNCTIONS = Object.entries(evaluation).flatMap(([name, value]) =>
  typeof value === 'function' ? [name] : [],
)

describe('what is no finite number', () => {
  test('has a row here for every function', () => {
    expect(FUNCTIONS.filter(name => ROWS[name] === undefined)).toEqual([])
    expect(Object.keys(ROWS).sort()).toEqual([...FUNCTIONS].sort())
  })

  test.each(FUNCTIONS)('is refused by %s, wherever it stands, and the place is named', async name => {
    const { inputs, call } = ROWS[name]
    const good = Object.fromEntries(Object.entries(inputs).map(([key, { values }]) => [key, [...values]]))
    const dtypes = fc.constantFrom('float32' as const, 'float64' as const)
    for (const dtype of ['float32', 'float64'] as const) await call(good, dtype)
    for (const [key, { values, bad, columns, place }] of Object.entries(inputs)) {
      await check(
        fc.asyncProperty(
          fc.nat(values.length - 1),
          fc.constantFrom(...bad),
          dtypes,
          async (at, value, dtype) => {
            if (Number.isNaN(value) && NAN_PASSES.includes(`${name} ${key}`)) return
            const numbers = { ...good, [key]: values.map((v, i) => (i === at ? value : v)) }
            const refused = new RegExp(`^${name}: (.|\n)*${place(Math.floor(at / columns))}`)
            await expect((async () => call(numbers, dtype))()).rejects.toThrow(refused)
          },
        ),
        12,
      )
    }
  })
})
