import { held, hold } from '../../engine/hold.ts'
import { concat, noGrad, slice, type Tensor, type TypedArray, tidy, transpose } from '../../engine/index.ts'

/** Vectors of a block: the width of a tile of similarities. */
export const BLOCK = 4096

/** Some of the vectors, one after another, as columns. */
interface Columns {
  /** The first of them, as a row of the embeddings. */
  readonly first: number
  readonly count: number
  /** [D,count] */
  readonly vectors: Tensor
}

/**
 * Unit vectors to search in, all of them, without approximation: a flat index, as FAISS has it (`IndexFlatIP`; Douze et al.
 * 2024, arXiv:2401.08281, section 4). In blocks of 4096, the vectors of a block as its columns: products of few queries
 * then read them in the order in which they lie, at memory's pace, and products of many pack them by whole rows.
 */
export class FlatIndex {
  /** M, the number of vectors. */
  readonly size: number
  /** D, the length of each. */
  readonly dimension: number
  readonly dtype: Tensor['dtype']
  readonly backend: Tensor['backend']
  /** [D,M_b] */
  readonly #blocks: readonly Tensor[]
  /** Whose memory it is: its own, or that of others which it looks at. */
  readonly #own: boolean

  private constructor(blocks: readonly Tensor[], own: boolean) {
    this.#blocks = blocks
    this.#own = own
    this.size = blocks.reduce((sum, block) => sum + block.shape[1], 0)
    this.dimension = blocks[0].shape[0]
    this.dtype = blocks[0].dtype
    this.backend = blocks[0].backend
  }

  /** Of what `unit` makes of the rows x[M,D], block by block. */
  static of(x: Tensor, unit: (rows: Tensor) => Tensor): FlatIndex {
    const [m, d] = x.shape
    if (m > BLOCK) hold(x)
    const blocks: Tensor[] = []
    try {
      for (let from = 0; from < m; from += BLOCK) {
        const rows = (): Tensor => (m > BLOCK ? slice(x, [from, 0], [Math.min(m, from + BLOCK), d]) : x)
        blocks.push(held(() => noGrad(() => transpose(unit(rows())))))
      }
    } catch (error) {
      for (const block of blocks) block.dispose()
      throw error
    }
    return new FlatIndex(blocks, true)
  }

  /** The vectors of several, in turn, in the memory of these; it has nothing to dispose of. */
  static over(...indexes: readonly FlatIndex[]): FlatIndex {
    return new FlatIndex(
      indexes.flatMap(index => index.#blocks),
      false,
    )
  }

  /** Vectors from..to-1, at most `width` at a time; what is yielded is gone when the next is asked for. */
  *columns(width: number, from = 0, to = this.size): Generator<Columns> {
    let first = 0
    for (const block of this.#blocks) {
      const [d, count] = block.shape
      const end = Math.min(count, to - first)
      for (let begin = Math.max(0, from - first), stop = 0; begin < end; begin = stop) {
        stop = Math.min(end, begin + width)
        const whole = stop - begin === count
        const vectors = whole ? block : noGrad(() => slice(block, [0, begin], [d, stop]))
        try {
          yield { first: first + begin, count: stop - begin, vectors }
        } finally {
          if (!whole) vectors.dispose()
        }
      }
      first += count
    }
  }

  /** All vectors as the rows of a new tensor [M,D]. */
  rows(): Tensor {
    return noGrad(() =>
      tidy(() =>
        concat(
          this.#blocks.map(block => transpose(block)),
          0,
        ),
      ),
    )
  }

  /** The values of these rows, row-major. */
  async data(): Promise<TypedArray> {
    const rows = this.rows()
    try {
      return await rows.data()
    } finally {
      rows.dispose()
    }
  }

  /** Gives the memory back. Throws on a second call, as a search in it then does. */
  dispose(): void {
    if (this.#own) for (const block of this.#blocks) block.dispose()
  }
}
