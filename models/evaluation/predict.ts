import { shown } from '../../engine/check.ts'
import { argmax, noGrad, slice, Tensor, tidy } from '../../engine/index.ts'
import type { BlockOfLogits, Loss } from '../../losses/loss.ts'
import { checkLogits, checkMatrix } from './matrices.ts'

/** What classifies embeddings: a loss that has prototypes. */
export type Classifier = Pick<Loss, 'logits' | 'logitsInBlocks'>

/** Samples and classes that are compared at a time: 16 MiB in float32. */
const [ROWS, BLOCK] = [1024, 4096]

/**
 * argmax_j logits_ij, the first of equals.  logits[N,C] -> N class indices
 * Of a loss and embeddings x[N,D] it is `predict(loss.logits(x))`, 1024 samples by 4096 classes at a time, so that memory does not grow
 * with N C. A class whose logit is -Infinity is never chosen: so classes are masked. Throws on NaN and Infinity, and where no
 * class of a row is left.
 */
export async function predict(logits: Tensor): Promise<Int32Array>
export async function predict(classifier: Classifier, x: Tensor): Promise<Int32Array>
export async function predict(given: Tensor | Classifier, x?: Tensor): Promise<Int32Array> {
  if (!(given instanceof Tensor) && typeof given?.logits === 'function') {
    if (x === undefined) throw new Error('predict: a loss and embeddings x[N,D] expected, got a loss alone')
    return predictInBlocks(given, x, ROWS, BLOCK)
  }
  if (x !== undefined) {
    const way = typeof given === 'function' ? ' (nearestClassMean classifies without logits)' : ''
    throw new Error(`predict: a loss with logits before x expected, got ${shown(given)}${way}`)
  }
  checkMatrix('predict', 'logits[N,C]', given as Tensor)
  await checkLogits('predict', 'logits[N,C]', given as Tensor)
  const best = argmax(given as Tensor)
  const columns = Int32Array.from(await best.data())
  best.dispose()
  return columns
}

/** The same of at most `rows` samples and `size` classes at a time. */
export async function predictInBlocks(
  classifier: Classifier,
  x: Tensor,
  rows: number,
  size: number,
): Promise<Int32Array> {
  checkMatrix('predict', 'x[N,D]', x)
  const [n] = x.shape
  const height = evenly(n, rows)
  const best = new Int32Array(n).fill(-1)
  const most = new Float64Array(n).fill(-Infinity)
  for (const { begin, logits } of blocksOf(classifier, size)) {
    for (let start = 0; start < n; start += height) {
      const z = noGrad(() => tidy(() => logits(slice(x, [start], [Math.min(n, start + height)]))))
      const [count, width] = z.shape
      const values = await z.data()
      z.dispose()
      for (let i = 0, at = 0; i < count; i++) {
        for (let j = 0; j < width; j++, at++) {
          const value = values[at]
          if (!(value < Infinity)) throw oddLogit(value, start + i, begin + j)
          if (value > most[start + i]) {
            most[start + i] = value
            best[start + i] = begin + j
          }
        }
      }
    }
  }
  const masked = best.indexOf(-1)
  if (masked < 0) return best
  throw new Error(
    `predict: logits[N,C]: a class that is not masked expected, got -Infinity in all of row ${masked}`,
  )
}

/** All classes at once where a classifier has no blocks. */
const blocksOf = (classifier: Classifier, size: number): Iterable<Pick<BlockOfLogits, 'begin' | 'logits'>> =>
  classifier.logitsInBlocks?.(size) ?? [{ begin: 0, logits: x => classifier.logits(x) }]

/** Of so many, parts of at most `most` that are alike: a product of few rows may be summed in another order. */
const evenly = (n: number, most: number): number => Math.ceil(n / Math.ceil(n / most))

const oddLogit = (value: number, row: number, column: number): Error =>
  new Error(
    `predict: logits[N,C] of finite numbers expected, got others in row ${row}: ${value} in column ${column}`,
  )
