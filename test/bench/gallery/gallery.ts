import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install } from '../../stores/databases.ts'
import { runAlone } from '../engine/child.ts'
import { type MeasuredCase, NOBODY } from '../engine/measure.ts'
import type { OursOptions } from '../ours/adapter.ts'
import type { Line } from '../report/line.ts'
import type { StoreOptions, StoreReport } from './store.ts'

const QUERIES = 1000

/** Beside the exact store: `search` without an index that stays, and databases. */
type Peer = Exclude<StoreOptions['engine'], 'exact'>

/** The sizes that each is for: PGlite, which is WebAssembly, makes its index of 20,000 vectors in a minute, of a million in hours. */
const SIZES: Readonly<Record<Peer, readonly number[]>> = {
  search: [2000, 20_000, 100_000, 1_000_000],
  lancedb: [2000, 100_000, 1_000_000],
  'lancedb-hnsw': [100_000, 1_000_000],
  pglite: [2000, 20_000],
}

/** Queries, which are the first of the 1,000: LanceDB without an index reads a million vectors in seconds. */
const queriesOf = (engine: StoreOptions['engine'], vectors: number): number =>
  engine === 'lancedb' && vectors === 1_000_000 ? 20 : QUERIES

export const galleryCases = (ours: OursOptions): MeasuredCase[] =>
  (Object.keys(SIZES) as Peer[]).flatMap(peer =>
    SIZES[peer].map(vectors => gallery(`gallery 1000 in ${vectors}x128 beside ${peer}`, ours, vectors, peer)),
  )

const gallery = (name: string, ours: OursOptions, vectors: number, peer: Peer): MeasuredCase => ({
  name,
  async measure() {
    install()
    const folder = mkdtempSync(join(tmpdir(), 'ir-softmax-bench-'))
    try {
      const options = {
        ...ours,
        vectors,
        dimension: 128,
        k: 10,
        truth: join(folder, 'truth.json'),
      }
      const measured = (engine: StoreOptions['engine']): Promise<StoreReport> =>
        runAlone<StoreOptions, never, StoreReport>('../gallery/store.ts', {
          ...options,
          engine,
          queries: queriesOf(engine, vectors),
        })
      const own = await measured('exact')
      const theirs = await measured(peer)
      // As of all queries.
      const batch_ms = (theirs.batch_ms * QUERIES) / queriesOf(peer, vectors)
      const line = lineOf(name, own, peer, { ...theirs, batch_ms })
      const { ratio, single_ratio, recall, peer_mib, peer_load_s } = line
      const told = `${peer}: ${times(ratio)} the time, ${times(single_ratio)} for one, recall@10 ${recall}, ${whole(peer_mib)} MiB, filled in ${whole(peer_load_s)} s`
      const text = `${own.batch_ms.toFixed(0)} ms, ${own.single_ms.toFixed(2)} ms for one query, ${own.most_mib.toFixed(0)} MiB, filled in ${own.load_s.toFixed(0)} s`
      return { lines: [line], text: `${text}; ${told}` }
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
})

const lineOf = (name: string, own: StoreReport, peer: string, theirs: StoreReport): Line => ({
  name,
  ours_ms: own.batch_ms,
  ...NOBODY,
  peer,
  peer_ms: theirs.batch_ms,
  ratio: theirs.batch_ms / own.batch_ms,
  ours_single_ms: own.single_ms,
  peer_single_ms: theirs.single_ms,
  single_ratio: theirs.single_ms / own.single_ms,
  recall: theirs.recall,
  ours_mib: own.most_mib,
  peer_mib: theirs.most_mib,
  ours_load_s: own.load_s,
  peer_load_s: theirs.load_s,
})

const times = (ratio: unknown): string => `${(ratio as number).toFixed(2)} x`
const whole = (value: unknown): string => (value as number).toFixed(0)
