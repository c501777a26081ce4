import { type Backend, noGrad, slice, type Tensor, tensor, tidy } from '../../engine/index.ts'
import { mapRecord } from '../../engine/state.ts'
import { type RowNumbers, rangeOf, Table } from '../../engine/table.ts'

/** Elements of the rows that are worked on at a time: what a rule makes of them stays in the cache. */
const PART = 2 ** 16

/** What a tensor is. */
export type Kind = Pick<Tensor, 'shape' | 'dtype' | 'backend'>

/** Rows after a step: their values p and their moments. */
export type Moved<M extends string> = { readonly p: Tensor } & Readonly<Record<M, Tensor>>

/** The rows of a table, their moments in tables beside it, and the number of the last step that each row had. */
export class RowState<M extends string> {
  readonly table: Table
  readonly moments: Readonly<Record<M, Table>>
  readonly #last: Int32Array

  constructor(table: Table, moments: readonly M[]) {
    const [count, width] = table.shape
    this.table = table
    this.#last = new Int32Array(count)
    this.moments = Object.fromEntries(
      moments.map(moment => [moment, new Table(count, width, table.dtype)]),
    ) as Record<M, Table>
  }

  last(row: number): number {
    return this.#last[row]
  }

  /** Of these rows, or of all, those whose last step is before t, in order of it. */
  behind(rows: RowNumbers | undefined, t: number): RowNumbers {
    const last = this.#last
    const some = (rows ?? rangeOf(0, last.length)).filter(row => last[row] < t)
    // As numbers, which are sorted without a call for each two.
    const keys = Float64Array.from(some, row => last[row] * last.length + row).sort()
    return Int32Array.from(keys, key => key % last.length)
  }

  read(rows: RowNumbers, backend: Backend): Moved<M> {
    return { p: this.table.read(rows, backend), ...this.readMoments(rows, backend) }
  }

  readMoments(rows: RowNumbers, backend: Backend): Record<M, Tensor> {
    return mapRecord(this.moments, (table: Table) => table.read(rows, backend))
  }

  /** Puts rows in their place, as those of step t. */
  write(rows: RowNumbers, { p, ...moments }: Moved<M>, t: number): void {
    this.table.write(rows, p)
    for (const [m, moment] of Object.entries<Tensor>(moments)) this.moments[m as M].write(rows, moment)
    this.mark(rows, t)
  }

  /** Says that step t changed nothing of these rows, or of any. */
  mark(rows: RowNumbers | undefined, t: number): void {
    if (rows === undefined) this.#last.fill(t)
    else for (const row of rows) this.#last[row] = t
  }

  /** Of so many rows, in parts, each in a scope of its own. */
  inParts(count: number, work: (begin: number, end: number) => void): void {
    const part = Math.max(1, Math.floor(PART / this.table.shape[1]))
    for (let begin = 0; begin < count; begin += part) {
      noGrad(() => tidy(() => work(begin, Math.min(count, begin + part))))
    }
  }
}

/** Rows begin..end-1 of t, on its backend or on another. */
export function partOf(t: Tensor, begin: number, end: number, on: Backend | undefined): Tensor {
  if (on === undefined) return slice(t, [begin], [end])
  const [, width] = t.shape
  const values = t.dataSync().subarray(begin * width, end * width)
  return tensor(values, { dtype: t.dtype, backend: on, shape: [end - begin, width] })
}
