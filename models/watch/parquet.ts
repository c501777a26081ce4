import { refusal, shown } from '../../engine/check.ts'
import { type Embeddings, withRows } from '../evaluation/unitRows.ts'
import { checkEntries, columnsOf, type Metadata } from './metadata.ts'

/** What is used of the package hyparquet-writer. */
export interface ParquetPackage {
  readonly ByteWriter: new () => { getBuffer(): ArrayBuffer }
  readonly ParquetWriter: new (
    options: never,
  ) => {
    write(options: never): unknown
    finish(): unknown
  }
}

interface SchemaElement {
  readonly name: string
  readonly type?: string
  readonly repetition_type?: 'REQUIRED' | 'REPEATED'
  readonly num_children?: number
  readonly converted_type?: string
}

const VECTOR = 'vector'
/** Numbers of vectors in a row group: so many are unpacked at a time. */
const GROUP = 2 ** 20

/**
 * Embeddings and what is known of them as a Parquet file, for DuckDB, pandas, Polars or Spark; `parquet` is the package hyparquet-writer:
 *
 *     import * as parquet from 'hyparquet-writer'
 *     writeFileSync('people.parquet', await parquetFile(parquet, embed(net, x), { name: names, label: y }))
 *
 * x[N,D] is the column `vector`, a LIST of FLOAT (of DOUBLE where x is float64), uncompressed; each column of the metadata has N texts, or
 * N numbers: INT32 where all are such integers, else DOUBLE. No value is missing anywhere. Throws where lengths do not fit, on columns of texts and
 * numbers both, and on embeddings that are not finite.
 */
export async function parquetFile(
  parquet: ParquetPackage,
  x: Embeddings,
  metadata: Metadata,
): Promise<Uint8Array> {
  const op = 'parquetFile'
  if (typeof parquet?.ParquetWriter !== 'function' || typeof parquet.ByteWriter !== 'function')
    throw refusal(op, 'the package hyparquet-writer', parquet)
  const columns = columnsOf(op, metadata)
  if (Object.hasOwn(metadata, VECTOR))
    throw new Error(`${op}: columns beside ${VECTOR}, which has x, expected, got another of that name`)
  return withRows(op, 'x', x, undefined, async rows => {
    const [n, d] = rows.shape
    checkEntries(op, columns, n)
    const schema: SchemaElement[] = [
      { name: 'root', num_children: columns.length + 1 },
      ...columns.map(([name, column]) => elementOf(op, name, column)),
      { name: VECTOR, repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      {
        name: 'element',
        type: rows.dtype === 'float64' ? 'DOUBLE' : 'FLOAT',
        repetition_type: 'REQUIRED',
      },
    ]
    const values = await rows.data()
    const writer = new parquet.ByteWriter()
    const file = new parquet.ParquetWriter({ writer, schema } as never)
    const size = Math.max(1, Math.floor(GROUP / d))
    for (let begin = 0; begin < n; begin += size) {
      const count = Math.min(size, n - begin)
      const part = <T>(value: (i: number) => T): T[] =>
        Array.from({ length: count }, (_, i) => value(begin + i))
      const vectors = part(i => Array.from(values.subarray(i * d, (i + 1) * d)))
      const columnData = [
        ...columns.map(([name, column]) => ({ name, ...stored(part(i => column[i])) })),
        // No two numbers are alike, and none tells where a vector is: neither a dictionary nor statistics, nor compression.
        { name: VECTOR, data: vectors, encoding: 'PLAIN', codec: 'UNCOMPRESSED', statistics: false },
      ]
      await file.write({ columnData, rowGroupSize: count } as never)
    }
    await file.finish()
    return new Uint8Array(writer.getBuffer())
  })
}

/**
 * How a column is stored. Statistics leave NaN out, and DuckDB passes over rows by them as if none were there: `figure > 5` loses rows,
 * `figure < 5` gets some too many (https://github.com/duckdb/duckdb/issues/25521). A dictionary has one zero for 0 and -0.
 */
const stored = (data: (string | number)[]): object => ({
  data,
  ...(data.some(Number.isNaN) && { statistics: false }),
  ...(data.some(value => Object.is(value, -0)) && { encoding: 'PLAIN' }),
})

function elementOf(op: string, name: string, column: ArrayLike<string | number>): SchemaElement {
  const all = Array.from(column)
  const repetition_type = 'REQUIRED'
  if (all.every(value => typeof value === 'string'))
    return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type }
  const odd = all.find(value => typeof value !== 'number')
  if (odd !== undefined || all.includes(undefined as never))
    throw new Error(`${op}: ${name} of texts, or of numbers, expected, got ${shown(odd)} among them`)
  return {
    name,
    type: all.every(value => Object.is((value as number) | 0, value)) ? 'INT32' : 'DOUBLE',
    repetition_type,
  }
}
