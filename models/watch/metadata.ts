import { refusal, shown } from '../../engine/check.ts'

/** Columns of what is known of each row, by their names. */
export type Metadata = Readonly<Record<string, ArrayLike<string | number>>>

/** The columns, of N entries each. Throws where they are none. */
export function columnsOf(op: string, metadata: Metadata): [string, ArrayLike<string | number>][] {
  if (
    typeof metadata !== 'object' ||
    metadata === null ||
    Array.isArray(metadata) ||
    ArrayBuffer.isView(metadata)
  )
    throw refusal(op, 'metadata as columns by name', metadata)
  const columns = Object.entries(metadata)
  if (columns.length === 0) throw new Error(`${op}: at least one column of metadata expected, got none`)
  return columns
}

/** Throws unless each column has an entry for each of n rows. */
export function checkEntries(op: string, columns: ReturnType<typeof columnsOf>, n: number): void {
  for (const [name, column] of columns) {
    if (column?.length !== n)
      throw new Error(`${op}: ${n} entries of ${name} expected, got ${shown(column?.length)}`)
  }
}
