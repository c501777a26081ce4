import {
  checkInteger,
  checkName,
  checkNumber,
  checkOptions,
  type OptionNames,
  refusal,
} from '../../engine/check.ts'
import { noGrad, type Tensor, take, tensor, tidy } from '../../engine/index.ts'
import { type ClassIndices, checkIdentities, checkRows, type Labels } from '../../losses/labels.ts'
import { FlatIndex } from './flatIndex.ts'
import { openSet } from './openSet.ts'
import type { Ties } from './ranks.ts'
import { type Embeddings, unitRows } from './unitRows.ts'
import { highestRefused, unitPairScores } from './verification.ts'

/** The images of one trial, by their rows in x: one of each enrolled identity, and all that are looked for. */
export interface BlufrTrial {
  readonly gallery: Labels
  /** Of enrolled identities (genuine) and of others (impostors). */
  readonly probes: Labels
}

export interface BlufrOptions {
  /** The share of false accepts in verification. Default 0.001. */
  readonly verificationFar?: number
  /** The same in identification. Default 0.01. */
  readonly identificationFar?: number
  /** Up to which rank the right identity counts as identified. Default 1. */
  readonly rank?: number
  /**
   * How the threshold follows from n impostor scores: `rounded`, the round(FAR n)-th highest of them, which is accepted (the
   * default, as the benchmark's own code has it); or `within`, the highest rate with at most FAR n accepted, as `tarAtFar`.
   */
  readonly threshold?: 'rounded' | 'within'
  /** What stands first among equal similarities. Default `index`, as the benchmark's own code has it. */
  readonly ties?: Ties
}

const KNOWN = {
  verificationFar: true,
  identificationFar: true,
  rank: true,
  threshold: true,
  ties: true,
} satisfies OptionNames<BlufrOptions>

export interface BlufrRates {
  /** VR@FAR: the share of the pairs of one identity that are accepted. */
  readonly vr: number
  /** DIR@FAR: the share of the genuine probes that are detected and identified. */
  readonly dir: number
}

/**
 * One trial of BLUFR, with s = cos and the threshold t of n impostor scores, their round(FAR n)-th highest:
 *   VR = share of the pairs of one identity with s >= t;  impostor scores: the pairs of two identities
 *   DIR = share of the genuine probes whose best match has s >= t and a rank <= `rank` in the gallery;
 *   impostor scores: each impostor probe's highest in the gallery
 * Pairs are all of the test set, the gallery and the probes together, each once. For round(FAR n) = 0 only what is above all
 * impostor scores is accepted, for n everything.
 * x[N,D] y[N] rows of x -> rates in 0..1, NaN without genuine or without impostor scores. Holds four bytes a pair (float32).
 *
 * Source: Liao, Lei, Yi, Li, "A Benchmark Study of Large-scale Unconstrained Face Recognition", IJCB 2014, and its toolkit's
 * `EvalROC.m` and `OpenSetROC.m`. Equal scores at the threshold are all accepted there, so that more than FAR may be, and a
 * collapsed embedding has a VR of 1. The rival definition, the best rate within FAR, is `threshold: 'within'`; with
 * `ties: 'worst'` a collapsed embedding then earns nothing.
 * Throws on rows outside 0..N-1 or listed twice, on rates outside 0..1, and on embeddings that are not finite.
 */
export async function blufrTrial(
  x: Embeddings,
  y: Labels,
  trial: BlufrTrial,
  options: BlufrOptions = {},
): Promise<BlufrRates> {
  checkOptions('blufrTrial', options, KNOWN)
  const { verificationFar = 0.001, identificationFar = 0.01, threshold = 'rounded' } = options
  const { rank = 1, ties = 'index' } = options
  checkNumber('blufrTrial', 'verificationFar', verificationFar, 0, 1)
  checkNumber('blufrTrial', 'identificationFar', identificationFar, 0, 1)
  checkInteger('blufrTrial', 'rank', rank, 1)
  checkName('blufrTrial', 'threshold', threshold, ['rounded', 'within'])
  checkName('blufrTrial', 'ties', ties, ['index', 'worst'])
  const units = await unitRows('blufrTrial', 'x', x)
  const u = units.rows()
  units.dispose()
  try {
    const labels = checkIdentities('blufrTrial', 'labels', y, u.shape[0])
    const { gallery, probes } = checkTrial(trial, u.shape[0])
    const { same, different } = await withSome(u, Int32Array.from([...gallery, ...probes]), (rows, at) =>
      unitPairScores(rows, at(labels)),
    )
    const { genuine, impostors } = await withSome(u, gallery, (g, enrolled) =>
      withSome(u, probes, (p, asked) => openSet(p, asked(labels), g, enrolled(labels), ties)),
    )
    const accept = { rounded, within }[threshold]
    const accepted = accept(different, verificationFar)
    const detected = accept(impostors, identificationFar)
    return {
      vr: different.length === 0 ? Number.NaN : share(same, accepted),
      dir:
        impostors.length === 0
          ? Number.NaN
          : share(genuine, probe => probe.rank <= rank && detected(probe.score)),
    }
  } finally {
    u.dispose()
  }
}

type Accepts = (score: number) => boolean

/** What is accepted, out of impostor scores in ascending order. */
function rounded(impostors: ArrayLike<number>, far: number): Accepts {
  const n = impostors.length
  const accepted = Math.round(far * n)
  if (accepted === 0) return score => score > impostors[n - 1]
  if (accepted === n) return () => true
  return score => score >= impostors[n - accepted]
}

function within(impostors: ArrayLike<number>, far: number): Accepts {
  const refused = highestRefused(impostors, far)
  return score => refused === undefined || score > refused
}

function share<T>(list: ArrayLike<T>, holds: (entry: T) => boolean): number {
  let count = 0
  for (let i = 0; i < list.length; i++) if (holds(list[i])) count++
  return count / list.length
}

/** What `body` gives for some rows of u[N,D], and what picks the same entries of a list. */
async function withSome<T>(
  u: Tensor,
  rows: Int32Array,
  body: (part: FlatIndex, at: (list: ClassIndices) => ClassIndices) => Promise<T>,
): Promise<T> {
  const part = noGrad(() =>
    tidy(() =>
      FlatIndex.of(take(u, tensor(rows, { shape: [rows.length], backend: u.backend })), same => same),
    ),
  )
  try {
    return await body(part, list => Float64Array.from(rows, i => list[i]))
  } finally {
    part.dispose()
  }
}

function checkTrial(trial: BlufrTrial, n: number): { gallery: Int32Array; probes: Int32Array } {
  if (typeof trial !== 'object' || trial === null || !('gallery' in trial) || !('probes' in trial)) {
    throw refusal('blufrTrial', 'trial as { gallery, probes }', trial)
  }
  const gallery = checkRows('blufrTrial', 'rows of the gallery', trial.gallery, n)
  const probes = checkRows('blufrTrial', 'rows of probes', trial.probes, n)
  const seen = new Set<number>()
  for (const row of [...gallery, ...probes]) {
    if (seen.has(row)) throw new Error(`blufrTrial: rows that differ expected, got ${row} twice`)
    seen.add(row)
  }
  if (gallery.length === 0 || probes.length === 0) {
    throw new Error(
      `blufrTrial: at least one row of each expected, got ${gallery.length} of the gallery and ${probes.length} of probes`,
    )
  }
  return { gallery, probes }
}
