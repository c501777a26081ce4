import { type Tensor, tensor } from '../../../engine/index.ts'
import { search } from '../../../models/evaluation/index.ts'
import {
  exactStore,
  type LanceOptions,
  lanceStore,
  pgVectorStore,
  type VectorStore,
} from '../../../models/recognition/index.ts'
import { lanceIndex, lanceTable, postgres } from '../../stores/databases.ts'

/** What an engine is told: a folder, of a database that has its vectors when `filled`, and how many vectors it gets. */
export interface Place {
  readonly folder: string
  readonly filled: boolean
  readonly vectors: number
  readonly dimension: number
}

/** A store to be filled, and what gives the one that is searched in, where an index comes after the vectors. */
export interface Opened {
  readonly store: VectorStore
  index?(): Promise<VectorStore>
  /** Of a database, which others of its kind find filled then. */
  close?(): Promise<void>
}

/** As LanceDB and pgvector advise: a search reads some of about sqrt(n) cells of about sqrt(n) vectors. */
const cells = (vectors: number): number => Math.round(Math.sqrt(vectors))

const lance =
  (kind?: Parameters<typeof lanceIndex>[1], options?: LanceOptions) =>
  async ({ folder, filled, vectors, dimension }: Place): Promise<Opened> => {
    const table = await lanceTable(folder, dimension, filled)
    return {
      store: lanceStore(table),
      async index() {
        // One file in place of one a `put`.
        if (!filled) await table.optimize()
        if (kind !== undefined) await lanceIndex(table, kind, cells(vectors))
        return lanceStore(table, options)
      },
      close: async () => table.close(),
    }
  }

const pglite =
  (index: 'hnsw' | 'ivfflat' | 'none') =>
  async ({ folder, vectors, dimension }: Place): Promise<Opened> => {
    const client = await postgres(folder)
    const table = 'gallery'
    // 1000 cells, the usual number for a million vectors, end with "out of memory" in k-means.
    const lists = Math.min(500, Math.ceil(vectors / 1000))
    return {
      store: await pgVectorStore(client, { dimension, table, index: 'none' }),
      async index() {
        for (const other of ['hnsw', 'ivfflat']) await client.query(`drop index if exists ${table}_${other}`)
        // The default, 64 MB, is less than an HNSW graph takes, and than the means of many cells; PGlite has 2 GiB for all.
        await client.query(`set maintenance_work_mem = '1GB'`)
        return pgVectorStore(client, { dimension, table, index, ...(index === 'ivfflat' && { lists }) })
      },
      close: () => client.close(),
    }
  }

/** By kind of database and index; those without an index come first. */
export const ENGINES = {
  exact: async ({ dimension }: Place): Promise<Opened> => ({ store: exactStore(dimension) }),
  search: async (place: Place): Promise<Opened> => ({ store: searchStore(place) }),
  lancedb: lance(),
  'lancedb ivfFlat': lance('ivfFlat'),
  'lancedb ivfPq': lance('ivfPq'),
  'lancedb hnswSq': lance('hnswSq', { ef: 100 }),
  pglite: pglite('none'),
  'pglite ivfflat': pglite('ivfflat'),
  'pglite hnsw': pglite('hnsw'),
}

/** `search` on a tensor, which makes unit vectors of the gallery in every call: what there was before indexes stayed. */
function searchStore({ vectors, dimension: d }: Place): VectorStore {
  let gallery: Tensor
  const rows = new Float32Array(vectors * d)
  return {
    async put(keys, list) {
      for (const [i, key] of keys.entries()) rows.set(list[i], key * d)
    },
    get: () => Promise.reject(new Error('searchStore: put and search expected, got get')),
    remove: () => Promise.reject(new Error('searchStore: put and search expected, got remove')),
    async search(list, k) {
      gallery ??= tensor(rows, { shape: [vectors, d] })
      const { indices, scores } = await search(list as Float32Array[], gallery, { k })
      return list.map((_, i) =>
        Array.from({ length: k }, (_, j) => ({ key: indices[i * k + j], score: scores[i * k + j] })),
      )
    },
  }
}
