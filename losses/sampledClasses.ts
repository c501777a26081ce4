import { checkFlag, checkGiven, checkInteger, checkNumber, type OptionNames } from '../engine/check.ts'
import { defaultBackend, Generator, type Json } from '../engine/index.ts'
import type { ClassIndices } from './labels.ts'
import type { LossOptions } from './loss.ts'

/** Which of many classes a step of training sees, and how many of these at a time. */
export interface SampledClasses {
  /** The share of all classes that a step sees, 0 < rate <= 1. Default 1: all of them. */
  readonly rate?: number
  /**
   * So many classes are visited at a time, an integer >= 1: logits are never there of more. Default 1024; all at once where
   * the rate is 1.
   */
  readonly block?: number
  /** Adds ln((C - P) / (S - P)) to the logits of those that are drawn: see `ClassSampler`. Default false, as in the paper. */
  readonly corrected?: boolean
  /** Of the draws. Default 0. */
  readonly seed?: number
}

export interface SampledClassesOptions {
  /** Each step sees the classes of its batch and a random part of the others (`SampledClasses`). Default: all classes. */
  sampledClasses?: SampledClasses
}

export const SAMPLED_CLASSES_OPTIONS = {
  sampledClasses: ['partialFC', 'partialFc', 'sampleRate', 'negatives'],
} satisfies OptionNames<SampledClassesOptions>

const KNOWN = {
  rate: ['sampleRate', 'ratio'],
  block: ['blockSize', 'chunk'],
  corrected: ['correction', 'logCorrection'],
  seed: true,
} satisfies OptionNames<SampledClasses>

const BLOCK = 1024

/** The classes that one loss sees of all. */
export interface SeenClasses {
  /** S of them, ascending: every label of the batch among them. */
  readonly classes: Int32Array
  /** Where the class of each sample stands among these. [N] */
  readonly columns: Int32Array
  /** Is it no label of the batch, and so one that was drawn? [S] */
  readonly drawn: (column: number) => boolean
  /** What the logit of a class that was drawn gets added. */
  readonly correction: number
  /** So many are visited at a time. */
  readonly block: number
}

/** How many classes a step sees, and how many of them at a time. */
export interface SampleSize {
  readonly size: number
  readonly block: number
}

/** That of these options; undefined where all classes are seen at once. */
export function sampleSize(
  op: string,
  classes: number,
  given: SampledClasses | undefined,
): SampleSize | undefined {
  if (given === undefined) return undefined
  const at = `${op}: sampledClasses`
  checkGiven(at, given, KNOWN)
  const { rate = 1, block, corrected = false, seed = 0 } = given
  checkNumber(at, 'rate', rate, Number.MIN_VALUE, 1)
  checkFlag(at, 'corrected', corrected)
  checkInteger(at, 'seed', seed)
  if (block !== undefined) checkInteger(at, 'block', block, 1)
  if (rate === 1 && block === undefined) return undefined
  return { size: Math.max(1, Math.round(rate * classes)), block: block ?? BLOCK }
}

/** That of a loss, where its prototypes are rows of tables: where the backend answers at once. */
export function inTables(op: string, options: LossOptions & SampledClassesOptions): SampleSize | undefined {
  const { classes, dtype = 'float32', backend = defaultBackend(dtype), sampledClasses } = options
  return backend.synchronous ? sampleSize(op, classes, sampledClasses) : undefined
}

/**
 * Draws the classes that a step sees: the P labels of its batch, and of the other C - P a uniform sample without
 * replacement, S = rate C in all. Partial FC: An 2020, arXiv:2010.05222, and An 2022, arXiv:2203.15565.
 *
 * The papers take sum e^z over these S classes as it is, and correct nothing: a logit has fewer rivals than there are classes, and
 * the loss is smaller than the full one. `corrected` is ours to offer: it adds ln((C - P) / (S - P)) to the logit of each class that
 * was drawn, so that the sum of e^z is in the mean that over all classes (as of sampled softmax, Bengio 2008, by uniform draws).
 * Every class that is no label is drawn alike, whatever its size.
 *
 * The same seed draws the same on every backend. `next` begins the next step's draws; until then the same labels have the same classes.
 */
export class ClassSampler {
  readonly #op: string
  readonly #classes: number
  readonly #size: number
  readonly #block: number
  readonly #corrected: boolean
  readonly #rng: Generator
  #step: number

  constructor(op: string, classes: number, { corrected = false, seed = 0, ...given }: SampledClasses) {
    const { size, block } = sampleSize(op, classes, given) ?? { size: classes, block: classes }
    this.#op = op
    this.#classes = classes
    this.#size = size
    this.#block = block
    this.#corrected = corrected
    this.#rng = new Generator(seed)
    this.#step = this.#rng.seed()
  }

  /** The classes that a batch of these labels sees in this step. Throws where its own are more than the rate lets in. */
  draw(y: ClassIndices): SeenClasses {
    const [total, size] = [this.#classes, this.#size]
    const own = new Uint8Array(total)
    for (let i = 0; i < y.length; i++) own[y[i]] = 1
    const positives = new Set(Array.from(y)).size
    if (positives > size) {
      throw new Error(
        `${this.#op}: sampledClasses: a rate of at least ${positives} / ${total} expected for a batch of ${positives} ` +
          `classes, got one of ${size} / ${total}`,
      )
    }
    const others = subset(new Generator(this.#step), total - positives, size - positives)
    const classes = new Int32Array(size)
    const columnOf = new Map<number, number>()
    for (let j = 0, other = 0, column = 0; j < total; j++) {
      if (own[j] === 1) columnOf.set(j, column)
      else if (others[other++] === 0) continue
      classes[column++] = j
    }
    return {
      classes,
      columns: Int32Array.from(y, label => columnOf.get(label) as number),
      drawn: column => own[classes[column]] === 0,
      correction: this.#corrected && size < total ? Math.log((total - positives) / (size - positives)) : 0,
      block: this.#block,
    }
  }

  /** From now on the draws are those of the next step. */
  next(): void {
    this.#step = this.#rng.seed()
  }

  state(): Json {
    return [...this.#rng.state(), this.#step]
  }

  load(state: Json | undefined): void {
    if (!Array.isArray(state) || state.length !== 5 || !Number.isSafeInteger(state[4])) {
      throw new Error(
        `${this.#op}: load: sampledClasses as 5 integers expected, got ${JSON.stringify(state)}`,
      )
    }
    this.#rng.load(state.slice(0, 4))
    this.#step = state[4]
  }
}

/** Which of 0..n-1 are in a uniform subset of `size`, as 1: Floyd 1987, one draw an element. */
function subset(rng: Generator, n: number, size: number): Uint8Array {
  const chosen = new Uint8Array(n)
  if (size === n) return chosen.fill(1)
  for (let j = n - size; j < n; j++) {
    const i = rng.integer(0, j)
    chosen[chosen[i] === 0 ? i : j] = 1
  }
  return chosen
}
