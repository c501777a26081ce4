import type { Backend } from './backends/backend.ts'
import { tensorFor } from './create.ts'
import { type RowNumbers, type Table, valuesInPlace } from './table.ts'
import type { Tensor } from './tensor.ts'

type Values = Table['values']

interface Change {
  readonly rows: RowNumbers
  /** What stood in these rows of each table. */
  readonly before: Readonly<Record<string, Values>>
}

/** What tables held at a moment: until `release` each write notes the rows that it goes over. */
export interface TablesThen {
  tensors(backend: Backend): Record<string, Tensor>
  putBack(): void
  release(): void
}

/** Tables of as many rows each, which are written together. */
export class Tables {
  readonly #tables: Readonly<Record<string, Table>>
  readonly #watched = new Set<Change[]>()
  /** The first number that each was given which is not finite. */
  #odd: Record<string, number> = {}

  constructor(tables: Readonly<Record<string, Table>>) {
    this.#tables = tables
  }

  write(rows: RowNumbers, values: Readonly<Record<string, Tensor>>): void {
    if (this.#watched.size > 0) {
      const before = this.#map(table => rowsOf(table, rows))
      for (const changes of this.#watched) changes.push({ rows, before })
    }
    for (const [name, table] of Object.entries(this.#tables)) {
      table.write(rows, values[name])
      if (this.#odd[name] !== undefined) continue
      const odd = valuesInPlace(values[name]).find(v => !Number.isFinite(v))
      if (odd !== undefined) this.#odd[name] = odd
    }
  }

  /** Takes over all values. */
  assign(values: Readonly<Record<string, Tensor>>): void {
    for (const [name, table] of Object.entries(this.#tables)) table.assign(values[name])
    this.#odd = {}
  }

  /** A number for each table: not finite where one that it was given is not, else 0. */
  watched(backend: Backend): Record<string, Tensor> {
    return this.#map(({ dtype }, name) => tensorFor('Table', [this.#odd[name] ?? 0], { dtype, backend }))
  }

  now(): TablesThen {
    const changes: Change[] = []
    const odd = { ...this.#odd }
    this.#watched.add(changes)
    const put = (name: string, values: Values): Values => {
      const [, width] = this.#tables[name].shape
      for (const { rows, before } of [...changes].reverse()) {
        rows.forEach((row, i) => {
          values.set(before[name].subarray(i * width, (i + 1) * width), row * width)
        })
      }
      return values
    }
    return {
      tensors: backend =>
        this.#map(({ values, shape, dtype }, name) =>
          tensorFor('Table', put(name, values.slice()), { shape: [...shape], dtype, backend }),
        ),
      putBack: () => {
        this.#map((table, name) => {
          put(name, table.values)
          table.version++
        })
        this.#odd = odd
        changes.length = 0
      },
      release: () => {
        this.#watched.delete(changes)
      },
    }
  }

  #map<T>(f: (table: Table, name: string) => T): Record<string, T> {
    return Object.fromEntries(Object.entries(this.#tables).map(([name, table]) => [name, f(table, name)]))
  }
}

function rowsOf({ values, shape: [, width] }: Table, rows: RowNumbers): Values {
  const copy = values.slice(0, rows.length * width)
  rows.forEach((row, i) => {
    copy.set(values.subarray(row * width, (row + 1) * width), i * width)
  })
  return copy
}
