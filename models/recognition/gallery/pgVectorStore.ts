import {
  checkFunction,
  checkGiven,
  checkInteger,
  checkName,
  type OptionNames,
  refusal,
} from '../../../engine/check.ts'
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
  /**
   * `hnsw` or `ivfflat`: an index that makes a search fast and approximate; it is made where it is not there. `ivfflat` is made in
   * minutes where `hnsw` takes an hour, of vectors that are there: throws on an empty table. `none`: exact, by reading all rows.
   * Default hnsw.
   */
  readonly index?: 'hnsw' | 'ivfflat' | 'none'
  /** How many candidates a search by `hnsw` keeps (`hnsw.ef_search`), 1 to 1000: more find more. Default 100. */
  readonly efSearch?: number
  /** Cells of `ivfflat` when it is made, 1 to 32,768. Default, of n rows: n / 1000, above a million sqrt(n), as pgvector advises. */
  readonly lists?: number
  /** How many cells a search by `ivfflat` reads (`ivfflat.probes`), 1 to 32,768: more find more. Default sqrt(lists). */
  readonly probes?: number
}

const OPTIONS = {
  dimension: ['dim'],
  table: true,
  index: true,
  efSearch: true,
  lists: true,
  probes: true,
} satisfies OptionNames<PgVectorOptions>

/** The index that an option is of. */
const INDEX_OF = { efSearch: 'hnsw', lists: 'ivfflat', probes: 'ivfflat' } as const

/** Rows a statement. */
const BATCH = 500
const MOST_LISTS = 32_768

/**
 * A store in Postgres with the extension vector (pgvector): score = 1 - (vector <=> query), the cosine. With k above `efSearch` a search
 * by `hnsw` keeps k candidates, at most 1000. The client stays the caller's. Throws on an option of another index, and where
 * the extension cannot be made.
 */
export async function pgVectorStore(client: PgClient, options: PgVectorOptions): Promise<VectorStore> {
  const op = 'pgVectorStore'
  checkFunction(op, 'client.query', client?.query)
  checkGiven(op, options, OPTIONS)
  const { dimension, table = 'gallery', index = 'hnsw', efSearch = 100 } = options
  checkInteger(op, 'dimension', dimension, 1, 16_000)
  checkInteger(op, 'efSearch', efSearch, 1, 1000)
  for (const name of ['lists', 'probes'] as const)
    if (options[name] !== undefined) checkInteger(op, name, options[name], 1, MOST_LISTS)
  // A name stands in the statements as it is.
  if (typeof table !== 'string' || !/^[a-z_][a-z0-9_]{0,50}$/.test(table))
    throw refusal(op, 'table as a name of lower-case letters, digits and _', table)
  checkName(op, 'index', index, ['hnsw', 'ivfflat', 'none'])
  for (const [name, own] of Object.entries(INDEX_OF))
    if (options[name as keyof typeof INDEX_OF] !== undefined && index !== own)
      throw refusal(op, `${name} beside index '${own}'`, index)
  await client.query('create extension if not exists vector')
  await client.query(
    `create table if not exists ${table} (key bigint primary key, vector vector(${dimension}) not null)`,
  )
  const usual = index === 'ivfflat' ? await usualLists(client, table) : 1
  const { lists = usual, probes = Math.ceil(Math.sqrt(lists)) } = options
  if (index !== 'none')
    await client.query(
      `create index if not exists ${table}_${index} on ${table} using ${index} (vector vector_cosine_ops)` +
        (index === 'ivfflat' ? ` with (lists = ${lists})` : ''),
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
      const text = {
        none: exactly(table, k),
        hnsw: within('hnsw.ef_search', Math.min(1000, Math.max(k, efSearch)), table, k),
        ivfflat: within('ivfflat.probes', probes, table, k),
      }[index]
      const found: Neighbor[][] = []
      for (const query of queries) {
        const { rows } = await client.query(text, [literal(query)])
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

async function usualLists(client: PgClient, table: string): Promise<number> {
  const { rows } = await client.query(`select count(*) as n from ${table}`)
  const n = Number((rows[0] as { n: unknown }).n)
  if (n > 0) return Math.min(MOST_LISTS, Math.ceil(Math.min(n / 1000, Math.sqrt(n))))
  throw new Error(
    `pgVectorStore: a table with vectors for index 'ivfflat' expected, got the empty ${table}: put them by index 'none' first`,
  )
}

/** By a score that no index is of: Postgres reads all rows. */
const exactly = (table: string, k: number): string =>
  `select key, 1 - (vector <=> $1::vector) as score from ${table} order by score desc limit ${k}`

/**
 * By the index, with a setting for this statement only: of a pool each statement may have another connection. The row of the setting
 * is made first, since the search asks for it.
 */
const within = (setting: string, value: number, table: string, k: number): string =>
  `select key, score from (select set_config('${setting}', '${value}', true) as value offset 0) as setting
  cross join lateral (
    select key, 1 - (vector <=> $1::vector) as score from ${table}
    where setting.value is not null order by vector <=> $1::vector limit ${k}
  ) as found order by score desc`

/** A vector as pgvector reads it; each number is the shortest that float32 reads back. */
const literal = (vector: Float32Array): string => `[${Array.from(vector).join(',')}]`
