import { describe, expect, test } from 'vitest'
import { generator, randn } from '../../engine/index.ts'
import { classFigures, closed, openSet } from '../../examples/glyph-reid/train/evaluate.ts'
import { matchesOf } from '../../examples/glyph-reid/train/matches.ts'
import { normFace } from '../../losses/index.ts'
import { classSizes } from '../../models/index.ts'
import { values } from '../models/training.ts'
import { randomSet } from './support/randomSet.ts'

// 12 identities in 8 families of two faces: enough of each kind of pair, and few enough for loops.
const set = randomSet({ identities: 12, families: 8, facesEach: 2, seed: 3 })
const images = Int32Array.from(set.identity.keys()).filter(i => i % 3 !== 1)
const [n, dim] = [images.length, 4]
const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length

function embeddings(seed: number, rows: number) {
  const x = randn([rows, dim], generator(seed))
  const flat = values(x)
  const all = Array.from({ length: rows }, (_, i) => flat.slice(i * dim, (i + 1) * dim))
  return { x, rows: all.map(row => row.map(v => v / Math.hypot(...row))) }
}
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((s, v, k) => s + v * b[k], 0)

describe.each([1, 2, 3])('random embeddings %d', seed => {
  const { x, rows } = embeddings(seed, n)
  const same = (i: number, j: number): boolean => set.identity[images[i]] === set.identity[images[j]]
  const apart = (i: number, j: number): boolean => set.family[images[i]] !== set.family[images[j]]
  const ranked = (i: number): number[] =>
    [...rows.keys()].filter(j => apart(i, j)).sort((a, b) => dot(rows[i], rows[b]) - dot(rows[i], rows[a]))

  test('the open set is judged over images of other families and pairs of different ones, as loops have it', async () => {
    const queries = [...rows.keys()].filter(i => ranked(i).some(j => same(i, j)))
    const within = (k: number): number =>
      mean(
        queries.map(i =>
          Number(
            ranked(i)
              .slice(0, k)
              .some(j => same(i, j)),
          ),
        ),
      )
    const precisions = queries.map(i => {
      const places = ranked(i).flatMap((j, k) => (same(i, j) ? [k + 1] : []))
      return mean(places.map((place, k) => (k + 1) / place))
    })
    const pairs = rows.flatMap((_, i) => [...rows.keys()].filter(j => j > i && apart(i, j)).map(j => [i, j]))
    const scores = (kind: boolean): number[] =>
      pairs.filter(([i, j]) => same(i, j) === kind).map(([i, j]) => dot(rows[i], rows[j]))
    const [own, other] = [scores(true), scores(false)]
    const above = own.flatMap(s => other.map(d => (s > d ? 1 : s === d ? 0.5 : 0)))
    const tar = (far: number): number => {
      const refused = [...other].sort((a, b) => b - a)[Math.floor(far * other.length)]
      return mean(own.map(s => Number(s > refused)))
    }

    const figures = await openSet(x, set, images)
    // Sums of the same numbers in float32 or in another order.
    expect(figures.rank1).toBeCloseTo(within(1), 10)
    expect(figures.rank5).toBeCloseTo(within(5), 10)
    expect(figures.map).toBeCloseTo(mean(precisions), 10)
    expect(figures.auc).toBeCloseTo(mean(above), 10)
    expect(figures.tar).toBeCloseTo(tar(1e-3), 10)
    expect(figures.tar2).toBeCloseTo(tar(1e-2), 10)
    for (const [far, rate] of figures.roc.slice(0, -1)) expect(rate).toBeCloseTo(tar(far), 10)
  })

  test('the matches are the first of that ranking', async () => {
    for (const { query, found } of await matchesOf(x, set, images)) {
      const i = images.indexOf(query)
      expect(found.map(f => f.image)).toEqual(
        ranked(i)
          .slice(0, 10)
          .map(j => images[j]),
      )
    }
  })

  test('the closed set by prototypes and by class means, by size of the class, and the angles', async () => {
    const classes = 6
    const rng = generator(seed)
    // Sizes 40, 10, 10, 3, 3 and 1: many, medium, medium, few, few, few.
    const trainY = Int32Array.from([40, 10, 10, 3, 3, 1].flatMap((k, j) => new Array<number>(k).fill(j)))
    const testY = Int32Array.from({ length: n }, () => rng.integer(0, classes - 1))
    const train = embeddings(seed + 10, trainY.length)
    const loss = normFace({ classes, dim, seed })
    const sizes = classSizes(trainY, classes)
    const { figures, angles } = await closed(loss, { x: train.x, y: trainY }, { x, y: testY }, sizes)

    const W = Array.from({ length: classes }, (_, j) => values(loss.prototypes).slice(j * dim, (j + 1) * dim))
    const centres = W.map((_, j) => {
      const own = train.rows.filter((_, i) => trainY[i] === j)
      return Array.from({ length: dim }, (_, k) => mean(own.map(row => row[k])))
    })
    const unit = (v: readonly number[]): number[] => v.map(c => c / Math.hypot(...v))
    const nearest = (i: number, to: number[][]): number => {
      const cosines = to.map(v => dot(rows[i], unit(v)))
      return cosines.indexOf(Math.max(...cosines))
    }
    const of = (to: number[][], chosen: number[]): number =>
      mean(
        chosen.map(j =>
          mean([...testY.keys()].filter(i => testY[i] === j).map(i => Number(nearest(i, to) === j))),
        ),
      )
    for (const [groups, to] of [
      [figures, W],
      [figures.ncm, centres],
    ] as const) {
      expect(groups.all).toBeCloseTo(of(to, [0, 1, 2, 3, 4, 5]), 10)
      expect(groups.many).toBeCloseTo(of(to, [0]), 10)
      expect(groups.medium).toBeCloseTo(of(to, [1, 2]), 10)
      expect(groups.few).toBeCloseTo(of(to, [3, 4, 5]), 10)
    }
    // Centres are float32: their directions are good to 1e-7, and arccos of a cosine off 1 keeps that.
    W.forEach((w, j) => {
      expect(angles[j]).toBeCloseTo(Math.acos(dot(unit(w), unit(centres[j]))), 5)
    })
  })
})

test('an angle that cannot be told is null', () => {
  const figures = classFigures(['a', 'b'], Int32Array.of(3, 2), Float64Array.of(0.5, Number.NaN))
  expect(figures).toEqual([
    { identity: 'a', size: 3, angle: 0.5 },
    { identity: 'b', size: 2, angle: null },
  ])
})
