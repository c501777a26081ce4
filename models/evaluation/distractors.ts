import { refusal } from '../../engine/check.ts'
import { Tensor } from '../../engine/index.ts'
import { FlatIndex } from './flatIndex.ts'
import { type Embeddings, unitRowsBeside } from './unitRows.ts'

/**
 * Embeddings z[M,D] whole, or blocks of them in turn, of any sizes, for more than memory holds: an iterable that is no array,
 * such as a generator's. A block that is a tensor is the giver's to dispose of, when the next is asked for, or in its `finally`
 * where no more are needed.
 */
export type Distractors = Embeddings | Iterable<Embeddings> | AsyncIterable<Embeddings>

export interface Part {
  /** Unit rows, of which these are the part; they are gone when the next part is asked for. */
  readonly rows: FlatIndex
  readonly from: number
  readonly to: number
  /** How many rows there were up to its end. */
  readonly seen: number
  /** Whether that is one of the sizes. */
  readonly reached: boolean
}

/**
 * The unit rows of the distractors, cut where their number reaches one of the ascending `sizes`, or 10, 100, ... where these
 * are not given. Nothing is asked for after the last size; throws where it is not reached.
 */
export async function* distractorParts(
  op: string,
  probes: FlatIndex,
  distractors: Distractors,
  sizes: readonly number[] | undefined,
): AsyncGenerator<Part> {
  checkSizes(op, sizes, isBlocks(distractors) ? Infinity : rowCount(distractors))
  let seen = 0
  let place = sizes?.[0] === 0 ? 1 : 0
  const goal = (): number | undefined => (sizes === undefined ? 10 ** (place + 1) : sizes[place])
  for await (const [name, block] of named(distractors)) {
    const v = await unitRowsBeside(op, ['probes', probes], [name, block])
    try {
      for (let from = 0, end = goal(); from < v.size && end !== undefined; end = goal()) {
        const to = Math.min(v.size, from + end - seen)
        seen += to - from
        if (seen === end) place++
        yield { rows: v, from, to, seen, reached: seen === end }
        from = to
      }
    } finally {
      v.dispose()
    }
    if (goal() === undefined) return
  }
  if (seen === 0) throw new Error(`${op}: at least one distractor expected, got none`)
  checkSizes(op, sizes, seen)
}

/** Rows that stand in memory: a tensor, an array, or what is neither and is refused as these are. */
export const beside = (distractors: Distractors): Embeddings | undefined =>
  isBlocks(distractors) ? undefined : distractors

const isBlocks = (z: Distractors): z is Iterable<Embeddings> | AsyncIterable<Embeddings> =>
  typeof z === 'object' &&
  z !== null &&
  !(z instanceof Tensor || z instanceof FlatIndex || Array.isArray(z)) &&
  (Symbol.iterator in z || Symbol.asyncIterator in z)

async function* named(distractors: Distractors): AsyncGenerator<[string, Embeddings]> {
  if (!isBlocks(distractors)) {
    yield ['distractors', distractors]
    return
  }
  let count = 0
  for await (const block of distractors) yield [`block ${count++} of distractors`, block]
}

/** Infinity for what is refused later. */
const rowCount = (z: Embeddings): number =>
  (z instanceof Tensor ? z.shape[0] : z instanceof FlatIndex ? z.size : z?.length) ?? Infinity

function checkSizes(op: string, sizes: readonly number[] | undefined, m: number): void {
  if (sizes === undefined) return
  const ascend = (n: number, i: number): boolean => Number.isInteger(n) && n <= m && n > (sizes[i - 1] ?? -1)
  if (Array.isArray(sizes) && sizes.length > 0 && sizes.every(ascend)) return
  throw refusal(op, `ascending numbers of distractors from 0${m < Infinity ? ` to ${m}` : ''}`, sizes)
}
