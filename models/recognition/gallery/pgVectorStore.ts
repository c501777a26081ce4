import { checkFunction, checkGiven, checkInteger, type OptionNames, refusal } from '../../../engine/check.ts'
import type { Neighbor, VectorStore } from './vectorStore.ts'

/** A client of Postgres, such as `Client` and `Pool` of the package pg, or a `PGlite`. */
export interface PgClient {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

export interface PgVectorOptions {
  /** D, the length of the embeddings: at most 2000 with an index, as pgvector has it. */
  readonly dimension: number
  /** The table's name: letters, digits and _. Default gallery. It is made where it is not there. */
  readonly table?: string
  /** `hnsw`: an index that makes a search fast and approximate; `none`: exact, by reading all rows. Default hnsw. */
  readonly index?: 'hnsw' | 'none'
  /** How many candidates a search by the index keeps (`hnsw.ef_search`), 1 to 1000: more find more. Default 100. */
  readonly efSearch?: number
}

const OPTIONS = {
  dimension: ['dim'],
  table: true,
  index: true,
  efSearch: true,
} satisfies OptionNames<PgVectorOptions>

/** Rows a statement. */
const BATCH = 500

/**
 * A store in Postgres with the extension vector (pgvector): score = 1 - (vector <=> query), the cosine. With k above `efSearch` a search
 * by the index keeps k candidates, at most 1000. The client stays the caller's. Throws where the extension cannot be made.
 */
export async function pgVectorStore(client: PgClient, options: PgVectorOptions): Promise<VectorStore> {
  const op = 'pgVectorStore'
  checkFunction(op, 'client.query', client?.query)
  checkGiven(op, options, OPTIONS)
  const { dimension, table = 'gallery', index = 'hnsw', efSearch = 100 } = options
  checkInteger(op, 'dimension', dimension, 1, 16_000)
  checkInteger(op, 'efSearch', efSearch, 1, 1000)
  // A name stands in the statements as it is.
  if (typeof table !== 'string' || !/^[a-z_][a-z0-9_]{0,50}$/.test(table))
    throw refusal(op, 'table as a name of lower-case letters, digits and _', table)
  if (index !== 'hnsw' && index !== 'none') throw refusal(op, 'index as hnsw or none', index)
  await client.query('create extension if not exists vector')
  await client.query(
    `create table if not exists ${table} (key bigint primary key, vector vector(${dimension}) not null)`,
  )
  if (index === 'hnsw')
    await client.query(
      `create index if not exists ${table}_hnsw on ${table} using hnsw (vector vector_cosine_ops)`,
    )
  return {
    async put(keys, vectors) {
      for (let begin = 0; begin < keys.length; begin += BATCH) {
        const batch = keys.slice(begin, begin + BATCH)
        const places = batch.map((_, i) => `($${2 * i + 1}::bigint, $${2 * i + 2}::vector)`)
        await client.query(
          `insert into ${table} (key, vector) values ${places.join(', ')} on conflict (key) do update set vector = excluded.vector`,
          batch.flatMap((key, i) => [key, literal(vectors[begin + i])]),
        )
      }
    },
    async get(keys) {
      const { rows } = await client.query(
        `select key, vector::text as vector from ${table} where key = any($1::bigint[])`,
        [keys],
      )
      const found = new Map(
        (rows as { key: unknown; vector: string }[]).map(row => [Number(row.key), row.vector]),
      )
      return keys.map(key => {
        const text = found.get(key)
        if (text === undefined) throw new Error(`${op}: a key that is stored expected, got ${key}`)
        return Float32Array.from(JSON.parse(text) as number[]) as Float32Array
      })
    },
    async remove(keys) {
      await client.query(`delete from ${table} where key = any($1::bigint[])`, [keys])
    },
    async search(queries, k) {
      if (index === 'hnsw')
        await client.query(`set hnsw.ef_search = ${Math.min(1000, Math.max(k, efSearch))}`)
      const found: Neighbor[][] = []
      for (const query of queries) {
        const { rows } = await client.query(
          `select key, 1 - (vector <=> $1::vector) as score from ${table} order by vector <=> $1::vector limit ${k}`,
          [literal(query)],
        )
        found.push(
          (rows as { key: unknown; score: unknown }[]).map(row => ({
            key: Number(row.key),
            score: Number(row.score),
          })),
        )
      }
      return found
    },
  }
}

/** A vector as pgvector reads it; each number is the shortest that float32 reads back. */
const literal = (vector: Float32Array): string => `[${Array.from(vector).join(',')}]`
