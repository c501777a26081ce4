import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, randn, tensor } from '../../engine/index.ts'
import { type ParquetPackage, parquetFile } from '../../models/watch/index.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'

// By names that the compiler does not look up: the packages are here only after `install`.
const [writer, reader, duckdb]: string[] = ['hyparquet-writer', 'hyparquet', '@duckdb/node-api']
const parquet = (await import(writer)) as ParquetPackage
const { parquetReadObjects, parquetMetadata } = await import(reader)

type Row = Record<string, unknown>

const bytesOf = (file: Uint8Array): ArrayBuffer => file.slice().buffer as ArrayBuffer

const N = 300
const rng = generator(3)
const x = randn([N, 24], rng)
const metadata = {
  name: Array.from({ length: N }, (_, i) => (i % 7 === 0 ? `Zoë ${i} "x",\n\t` : `person ${i % 9}`)),
  label: Int32Array.from({ length: N }, (_, i) => (i * 7919) % 100),
  score: Float64Array.from({ length: N }, () => rng.normal()),
}
const row = (i: number): Row => ({
  name: metadata.name[i],
  label: metadata.label[i],
  score: metadata.score[i],
  vector: Array.from(x.dataSync().subarray(i * 24, (i + 1) * 24)),
})
const expected = Array.from({ length: N }, (_, i) => row(i))

describe('parquetFile', () => {
  it('is read back by hyparquet, every value to the last bit, as LIST of FLOAT', async () => {
    const file = bytesOf(await parquetFile(parquet, x, metadata))
    expect(await parquetReadObjects({ file })).toEqual(expected)
    const { schema } = parquetMetadata(file)
    expect(schema.map(({ name, type }: Row) => [name, type])).toEqual([
      ['root', undefined],
      ['name', 'BYTE_ARRAY'],
      ['label', 'INT32'],
      ['score', 'DOUBLE'],
      ['vector', undefined],
      ['list', undefined],
      ['element', 'FLOAT'],
    ])
  })

  it('is the same for any numbers of rows, columns and row groups', async () => {
    const sizes = fc.record({ n: fc.integer({ min: 1, max: 40 }), d: fc.integer({ min: 1, max: 9 }) })
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer(), fc.double(), async ({ n, d }, seed, extra) => {
        const values = randn([n, d], generator(seed))
        const figure = Array.from({ length: n }, (_, i) => (i === 0 ? extra : i / 3))
        const rows = await parquetReadObjects({
          file: bytesOf(await parquetFile(parquet, values, { figure, i: figure.map((_, i) => `${i}`) })),
        })
        expect(rows.map(({ figure }: Row) => figure)).toEqual(figure)
        expect(rows.flatMap(({ vector }: Row) => vector)).toEqual(Array.from(values.dataSync()))
      }),
      { numRuns: 30 },
    )
    // Vectors of 2^18 numbers: four to a row group.
    const wide = randn([9, 2 ** 18], generator(1))
    const file = bytesOf(await parquetFile(parquet, wide, { i: [0, 1, 2, 3, 4, 5, 6, 7, 8] }))
    expect(parquetMetadata(file).row_groups.map((group: Row) => Number(group.num_rows))).toEqual([4, 4, 1])
    const rows = (await parquetReadObjects({ file })) as { i: number; vector: number[] }[]
    const values = wide.dataSync()
    for (const { i, vector } of rows) {
      expect(vector.length).toBe(2 ** 18)
      expect(vector.every((value, j) => value === values[i * 2 ** 18 + j])).toBe(true)
    }
  })

  it('keeps float64', async () => {
    const exact = tensor([Math.PI, -0.1, 1e-300, 1 / 3], { shape: [2, 2], dtype: 'float64' })
    const rows = await parquetReadObjects({ file: bytesOf(await parquetFile(parquet, exact, { i: [0, 1] })) })
    expect(rows.flatMap(({ vector }: Row) => vector)).toEqual([Math.PI, -0.1, 1e-300, 1 / 3])
  })

  it('keeps -0, also where a column repeats few values', async () => {
    const figure = Array.from({ length: 200 }, (_, i) => (i % 2 ? -0 : 0))
    const file = bytesOf(await parquetFile(parquet, randn([200, 2], generator(0)), { figure }))
    expect((await parquetReadObjects({ file })).map((row: Row) => row.figure)).toEqual(figure)
  })

  it('is read by DuckDB, which finds the nearest vectors in it', async () => {
    const { DuckDBInstance } = await import(duckdb)
    const path = join(temporaryFolder(), 'people.parquet')
    writeFileSync(path, await parquetFile(parquet, x, metadata))
    const connection = await (await DuckDBInstance.create()).connect()
    const ask = async (sql: string): Promise<Row[]> =>
      (await connection.runAndReadAll(sql)).getRowObjectsJson()
    expect((await ask(`describe select * from '${path}'`)).map(c => [c.column_name, c.column_type])).toEqual([
      ['name', 'VARCHAR'],
      ['label', 'INTEGER'],
      ['score', 'DOUBLE'],
      ['vector', 'FLOAT[]'],
    ])
    const rows = await ask(`select * from '${path}'`)
    expect(rows.map(({ vector: _, ...rest }) => rest)).toEqual(expected.map(({ vector: _, ...rest }) => rest))
    expect(rows.map(({ vector }) => (vector as number[]).map(Math.fround))).toEqual(
      expected.map(({ vector }) => vector),
    )
    const [nearest] = await ask(
      `with q as (select vector from '${path}' where score = ${metadata.score[5]})
       select name, list_cosine_similarity(p.vector, q.vector) as cosine from '${path}' p, q order by cosine desc limit 1`,
    )
    expect(nearest.name).toBe(metadata.name[5])
    expect(nearest.cosine).toBeCloseTo(1, 6)
  })

  it('answers DuckDB about figures that are NaN as a table of DuckDB does', async () => {
    const { DuckDBInstance } = await import(duckdb)
    const path = join(temporaryFolder(), 'figures.parquet')
    const some = randn([6, 2], generator(0))
    const figures = {
      once: [1, Number.NaN, 2, 3, 4, 5],
      first: [Number.NaN, 1, 1, 1, 1, 1],
      every: Array(6).fill(Number.NaN),
    }
    writeFileSync(path, await parquetFile(parquet, some, figures))
    const connection = await (await DuckDBInstance.create()).connect()
    await connection.run(`create table figures as select * from '${path}'`)
    const count = async (from: string, where: string): Promise<unknown> =>
      (await connection.runAndReadAll(`select count(*) from ${from} where ${where}`)).getRowsJson()
    for (const figure of Object.keys(figures))
      for (const comparison of ['> 5', '< 9', '<= 9', '!= 1', '= 1', "= 'NaN'", '>= 1'])
        expect
          .soft(await count(`'${path}'`, `${figure} ${comparison}`), `${figure} ${comparison}`)
          .toEqual(await count('figures', `${figure} ${comparison}`))
  })
})
