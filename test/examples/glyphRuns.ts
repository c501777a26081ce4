import { type Generator, generator } from '../../engine/index.ts'
import type { GlyphSet } from '../../examples/glyph-reid/glyphs/glyphSet.ts'
import type { Groups, Job, OpenSet, Run } from '../../examples/glyph-reid/train/results.ts'

export const job: Omit<Job, 'loss' | 'seed'> = {
  protocol: 'controlled',
  validation: false,
  net: 'conv',
  dim: 64,
  epochs: 5,
  steps: 200,
  batch: 128,
  sampling: 'instance',
  augment: false,
  evaluateEvery: 0,
  fullGallery: false,
  backend: 'auto',
}

const CLASSES = 60
const DECADES = Array.from({ length: 51 }, (_, k) => 10 ** (k / 10 - 5))

/** A made-up run whose curves have the shapes of real ones; its figures are those of nothing. */
export function glyphRun(loss: string, seed: number, set?: GlyphSet, classes = CLASSES): Run {
  const rng = generator(`${loss} ${seed}`.split('').reduce((h, c) => (h * 31 + c.charCodeAt(0)) >>> 0, 7))
  const [p1, p2] = [openSet(rng, 0.85), openSet(rng, 0.67)]
  const slope = loss.startsWith('ir') ? 0.02 : 0.15
  return {
    loss,
    protocol: job.protocol,
    net: job.net,
    dim: job.dim,
    seed,
    p1,
    p2,
    closed: { ...groups(rng), ncm: groups(rng) },
    angle: groups(rng),
    classes: Array.from({ length: classes }, (_, j) => ({
      identity: String.fromCodePoint(0x410 + j),
      size: Math.round(80 * 40 ** (-j / Math.max(1, classes - 1))),
      angle: rng.uniform(0.02, 0.3) + slope * (1 + (3 * j) / classes),
    })),
    steps: job.steps,
    curve: Array.from({ length: job.steps }, (_, k) => [k + 1, 8 * Math.exp(-k / 60) + rng.uniform(1, 1.5)]),
    evaluations: Array.from({ length: 4 }, (_, k) => [
      50 * (k + 1),
      (p1.rank1 * (k + 4)) / 7,
      (p1.map * (k + 3)) / 6,
    ]),
    matches: set === undefined ? [] : matches(rng, set),
    trainSeconds: rng.uniform(30, 40),
    seconds: rng.uniform(50, 60),
  }
}

function openSet(rng: Generator, level: number): OpenSet {
  const rank1 = level + rng.uniform(-0.03, 0.03)
  const power = rng.uniform(0.09, 0.13)
  const curve = (far: number): number => far ** power
  return {
    rank1,
    rank5: rank1 + rng.uniform(0.01, 0.05),
    map: rank1 - rng.uniform(0.1, 0.2),
    auc: 1 / (1 + power),
    tar: curve(1e-3),
    tar2: curve(1e-2),
    roc: DECADES.map(far => [far, curve(far)] as const),
  }
}

function groups(rng: Generator): Groups {
  const [many, medium, few] = [rng.uniform(0.8, 0.9), rng.uniform(0.6, 0.8), rng.uniform(0.4, 0.7)]
  return { all: (many + medium + few) / 3, many, medium, few }
}

/** The same queries in every run, and ten others of which the nearer are the likelier right. */
function matches(rng: Generator, { identity }: GlyphSet): Run['matches'] {
  return [0, 1, 2, 3].map(k => {
    const query = Math.floor((k * identity.length) / 4)
    const found = Array.from({ length: 10 }, (_, rank) => {
      const right = rng.uniform() < 0.9 - 0.06 * rank
      const shift = right ? 1 + rank : 40 + rng.integer(0, 200)
      const image = (query + shift) % identity.length
      return { image, right: identity[image] === identity[query] }
    })
    return { query, found }
  })
}
