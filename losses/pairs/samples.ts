import type { Generator, Tensor } from '../../engine/index.ts'
import { draw } from '../sampling.ts'
import { type CircleOptions, circle, circleOf } from './circle.ts'
import { type ContrastiveOptions, contrastive } from './contrastive.ts'
import { type MultiSimilarityOptions, multiSimilarity } from './multiSimilarity.ts'
import { pairsOf } from './pairs.ts'
import { proxyAnchorLoss } from './proxyAnchor.ts'
import { type RangeOptions, range } from './range.ts'
import { clearSamples, differences, type Geometry, type PairSample, pairsAmong } from './sampling.ts'
import { type TripletOptions, triplet } from './triplet.ts'

type Of = (x: Tensor, y: Int32Array) => Tensor

/** A case of a loss of x alone, away from where `kinks` has it not smooth. */
export function sampleOf(
  rng: Generator,
  of: Of,
  kinks: (at: Geometry) => readonly number[] = () => [],
): PairSample {
  const { x, y } = clearSamples(rng, kinks)
  const loss: PairSample['loss'] = ({ x }) => of(x, y)
  return { f: loss, loss, inputs: { x } }
}

const average = (rng: Generator) => (['all', 'nonzero'] as const)[rng.integer(0, 1)]

export function sampleContrastive(rng: Generator): PairSample {
  const options = {
    margin: rng.uniform(0.8, 1.6),
    positiveMargin: rng.uniform(0, 0.4),
    squared: rng.uniform() < 0.5,
    normalized: rng.uniform() < 0.5,
    average: average(rng),
  } satisfies ContrastiveOptions
  return sampleOf(rng, contrastive(options), ({ y, distance }) => {
    const { same, other } = pairsAmong(y)
    const d = ([i, j]: [number, number]): number => distance(i, j, options.normalized)
    return [...same.map(p => d(p) - options.positiveMargin), ...other.map(p => options.margin - d(p))]
  })
}

export function sampleTriplet(rng: Generator): PairSample {
  const mining = (['hard', 'semihard', 'all'] as const)[rng.integer(0, 2)]
  const options = {
    margin: rng.uniform() < 0.4 ? 'soft' : rng.uniform(0.1, 0.6),
    mining,
    normalized: rng.uniform() < 0.5,
    squared: rng.uniform() < 0.4,
    average: average(rng),
    ownPositive: mining === 'hard' && rng.uniform() < 0.3,
  } satisfies TripletOptions
  return sampleOf(rng, triplet(options), ({ y, distance }) => {
    const d = (i: number, j: number): number =>
      distance(i, j, options.normalized) ** (options.squared ? 2 : 1)
    const { same, other } = pairsAmong(y)
    // Which is chosen, and whether it counts: an anchor may be its own positive, at distance 0.
    const among = Array.from(y).flatMap((_, i) =>
      differences([
        ...same.filter(([a]) => a === i).map(([, p]) => d(i, p)),
        ...other.filter(([a]) => a === i).map(([, n]) => d(i, n)),
      ]),
    )
    const { margin } = options
    if (margin === 'soft') return among
    const positives: [number, number][] = [...same, ...Array.from(y, (_, i): [number, number] => [i, i])]
    const violations = positives.flatMap(([a, p]) =>
      other.filter(([b]) => b === a).map(([, n]) => margin + (a === p ? 0 : d(a, p)) - d(a, n)),
    )
    return [...among, ...violations]
  })
}

export function sampleMultiSimilarity(rng: Generator): PairSample {
  const epsilon = rng.uniform() < 0.3 ? Infinity : rng.uniform(0, 0.5)
  const options = {
    alpha: rng.uniform(0.5, 4),
    beta: rng.uniform(0.5, 10),
    lambda: rng.uniform(0, 1),
    epsilon,
  } satisfies MultiSimilarityOptions
  return sampleOf(rng, multiSimilarity(options), ({ y, cosine }) => {
    if (epsilon === Infinity) return []
    const { same, other } = pairsAmong(y)
    return same.flatMap(([a, p]) =>
      other.filter(([b]) => b === a).map(([, n]) => cosine(a, p) - cosine(a, n) - epsilon),
    )
  })
}

/** Its weights are constants to the gradient: f has those of the case. */
export function sampleCircle(rng: Generator): PairSample {
  const options = { m: rng.uniform(0.1, 0.5), gamma: rng.uniform(1, 10) } satisfies CircleOptions
  const { x, y } = clearSamples(rng, ({ y, cosine }) =>
    pairsAmong(y).other.map(([i, j]) => cosine(i, j) + options.m),
  )
  const at = pairsOf(x, y).cosines()
  return {
    inputs: { x },
    f: ({ x }) => circleOf(options, () => at)(x, y),
    loss: ({ x }) => circle(options)(x, y),
  }
}

export function sampleRange(rng: Generator): PairSample {
  const options = {
    k: rng.integer(1, 3),
    margin: rng.uniform(1, 20),
    alpha: rng.uniform(0.5, 1),
    beta: rng.uniform(0.5, 1),
  } satisfies RangeOptions
  return sampleOf(rng, range(options), ({ x, y, distance }) => {
    const classes = [...new Set(y)].map(label => x.flatMap((_, i) => (y[i] === label ? [i] : [])))
    const within = classes.flatMap(list =>
      differences(list.flatMap((i, k) => list.slice(k + 1).map(j => distance(i, j, false) ** 2))),
    )
    const means = classes.map(list => x[0].map((_, k) => list.reduce((t, i) => t + x[i][k], 0) / list.length))
    const between = means.flatMap((a, i) =>
      means.slice(i + 1).map(b => Math.hypot(...a.map((v, k) => v - b[k])) ** 2),
    )
    return [...within, ...differences(between), options.margin - Math.min(...between)]
  })
}

export function sampleProxyAnchor(rng: Generator): PairSample {
  const options = { margin: rng.uniform(0, 0.3), alpha: rng.uniform(1, 8) }
  const { x, y } = clearSamples(rng, () => [])
  const W = draw(rng, [rng.integer(3, 5), x.shape[1]])
  const loss: PairSample['loss'] = ({ x, W }) => proxyAnchorLoss(x, W, y, options)
  return { f: loss, loss, inputs: { x, W } }
}
