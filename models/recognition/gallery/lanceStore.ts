import { checkFunction, checkInteger, checkOptions, type OptionNames } from '../../../engine/check.ts'
import type { Neighbor, VectorStore } from './vectorStore.ts'

interface LanceQuery {
  distanceType(type: 'cosine'): LanceQuery
  select(columns: string[]): LanceQuery
  limit(k: number): LanceQuery
  nprobes(n: number): LanceQuery
  ef(n: number): LanceQuery
  refineFactor(n: number): LanceQuery
  toArray(): Promise<unknown[]>
}

/** Of a `Table` of @lancedb/lancedb (0.31), what is needed. */
export interface LanceTable {
  mergeInsert(on: string): {
    whenMatchedUpdateAll(): {
      whenNotMatchedInsertAll(): { execute(rows: Record<string, unknown>[]): Promise<unknown> }
    }
  }
  delete(predicate: string): Promise<unknown>
  query(): { where(predicate: string): { toArray(): Promise<unknown[]> } }
  vectorSearch(vector: number[]): unknown
}

export interface LanceOptions {
  /** How many cells of the table's index a search reads: more find more. Default LanceDB's, 20. */
  readonly nprobes?: number
  /** How many candidates a search by `hnswSq` or `hnswPq` keeps. Default LanceDB's, 1.5 k. */
  readonly ef?: number
  /**
   * So many times k candidates of an index that rounds vectors are scored by the vectors themselves. Default 1: scores are exact.
   * Without it LanceDB gives 2 (1 - cos), or 1 - cos while a row is not in the index (findings/lancedb-cosine-doubled.sh).
   */
  readonly refineFactor?: number
}

const OPTIONS = { nprobes: true, ef: true, refineFactor: true } satisfies OptionNames<LanceOptions>

/** Keys in one predicate. */
const BATCH = 1000

/**
 * A store in a table of LanceDB, a folder on the disk, with the columns `key` and `vector`; exact until the table has an index on
 * `vector`, which `table.createIndex` makes of the vectors that are there, by the distance 'cosine'. score = 1 - distance, the cosine.
 * The table stays the caller's.
 */
export function lanceStore(table: LanceTable, options: LanceOptions = {}): VectorStore {
  for (const method of ['mergeInsert', 'delete', 'query', 'vectorSearch'] as const)
    checkFunction('lanceStore', `table.${method}`, table?.[method])
  checkOptions('lanceStore', options, OPTIONS)
  const { nprobes, ef, refineFactor = 1 } = options
  for (const [name, value] of Object.entries({ nprobes, ef, refineFactor }))
    if (value !== undefined) checkInteger('lanceStore', name, value, 1)
  const within = (keys: readonly number[]): string => `key in (${keys.join(', ')})`
  return {
    async put(keys, vectors) {
      const rows = keys.map((key, i) => ({ key, vector: Array.from(vectors[i]) }))
      await table.mergeInsert('key').whenMatchedUpdateAll().whenNotMatchedInsertAll().execute(rows)
    },
    async get(keys) {
      const found = new Map<number, Float32Array>()
      for (let begin = 0; begin < keys.length; begin += BATCH) {
        const rows = await table
          .query()
          .where(within(keys.slice(begin, begin + BATCH)))
          .toArray()
        for (const { key, vector } of rows as { key: unknown; vector: Iterable<number> }[])
          found.set(Number(key), Float32Array.from(vector) as Float32Array)
      }
      return keys.map(key => {
        const vector = found.get(key)
        if (vector === undefined) throw new Error(`lanceStore: a key that is stored expected, got ${key}`)
        return vector
      })
    },
    async remove(keys) {
      for (let begin = 0; begin < keys.length; begin += BATCH)
        await table.delete(within(keys.slice(begin, begin + BATCH)))
    },
    async search(queries, k) {
      const found: Neighbor[][] = []
      for (const query of queries) {
        const asked = (table.vectorSearch(Array.from(query)) as LanceQuery)
          .distanceType('cosine')
          .select(['key', '_distance'])
          .refineFactor(refineFactor)
          .limit(k)
        if (nprobes !== undefined) asked.nprobes(nprobes)
        if (ef !== undefined) asked.ef(ef)
        const rows = await asked.toArray()
        found.push(
          (rows as { key: unknown; _distance: number }[]).map(row => ({
            key: Number(row.key),
            score: 1 - row._distance,
          })),
        )
      }
      return found
    },
  }
}
