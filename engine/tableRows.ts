import type { Backend } from './backends/backend.ts'
import { parameter, zeros } from './create.ts'
import { hold } from './hold.ts'
import type { RowNumbers, Table } from './table.ts'
import type { Tensor } from './tensor.ts'
import { tidy } from './tidy.ts'

/** Where a parameter that stands for rows of a table has them. */
export interface Place {
  readonly rows: TableRows
  /** Of the rows that are loaded, those from `begin` to before `end`. */
  readonly begin: number
  readonly end: number
}

const places = new WeakMap<Tensor, Place>()

/** The place of a parameter that stands for rows of a table; undefined of any other tensor. */
export const placeOfRows = (parameter: Tensor): Place | undefined => places.get(parameter)

/**
 * Rows of a table as parameters: those that a step reads are loaded into them, gradients reach them, and an optimiser moves the
 * rows of the table. Always so many rows, `block` of them in a parameter [block,D], the rest in the last.
 */
export class TableRows {
  readonly table: Table
  readonly parameters: readonly Tensor[]
  /** Those that are loaded. */
  rows: RowNumbers | undefined
  /** Were they loaded since the table was last written by who trains it? */
  fresh = false
  #version = -1
  /** Those of the parameters. */
  #versions: readonly number[] = []

  constructor(table: Table, size: number, block: number, backend: Backend) {
    this.table = table
    const [, width] = table.shape
    this.parameters = Array.from({ length: Math.ceil(size / block) }, (_, i) => {
      const [begin, end] = [i * block, Math.min(size, (i + 1) * block)]
      // Tidied, since a parameter of a tensor shares its memory, which the first load is to give back.
      const p = tidy(() => hold(parameter(zeros([end - begin, width], { dtype: table.dtype, backend }))))
      places.set(p, { rows: this, begin, end })
      return p
    })
  }

  /** Lets the parameters be these rows of the table, up to date. */
  load(rows: RowNumbers): void {
    const { table } = this
    table.settle(rows)
    this.fresh = true
    if (this.#version === table.version && sameRows(this.rows, rows)) return
    // Until all are there, none are.
    this.rows = undefined
    for (const p of this.parameters) {
      const { begin, end } = places.get(p) as Place
      // Held before it is assigned, so that it does not move out of the backend's memory in between.
      tidy(() => p.assign(hold(table.read(rows.subarray(begin, end), p.backend))))
    }
    this.rows = rows
    this.#version = table.version
    this.#versions = this.parameters.map(p => p.version)
  }

  /** Has nobody assigned to the parameters since? */
  get asLoaded(): boolean {
    return this.parameters.every((p, i) => p.version === this.#versions[i])
  }
}

const sameRows = (a: RowNumbers | undefined, b: RowNumbers): boolean =>
  a !== undefined && a.length === b.length && a.every((row, i) => row === b[i])
