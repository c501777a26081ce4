import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install } from '../../stores/databases.ts'
import { runAlone } from '../engine/child.ts'
import { type MeasuredCase, NOBODY } from '../engine/measure.ts'
import type { OursOptions } from '../ours/adapter.ts'
import type { Line } from '../report/line.ts'
import type { StoreOptions, StoreReport, StoreStage } from './store.ts'

const QUERIES = 1000
const DIMENSION = 128

type Engine = StoreOptions['engine']

const SIZES: Readonly<Record<Engine, readonly number[]>> = {
  exact: [2000, 20_000, 100_000, 1_000_000],
  search: [2000, 20_000, 100_000, 1_000_000],
  lancedb: [2000, 100_000, 1_000_000],
  'lancedb ivfFlat': [100_000, 1_000_000],
  'lancedb ivfPq': [100_000, 1_000_000],
  'lancedb hnswSq': [100_000, 1_000_000],
  pglite: [2000, 20_000, 1_000_000],
  'pglite ivfflat': [20_000, 100_000, 1_000_000],
  'pglite hnsw': [20_000, 100_000, 1_000_000],
}

/** An engine that is not done by then is ended, and its row says so: minutes on the wall. */
const LIMIT = 40
/** Seconds between two lines of progress. */
const BEAT = 10

/** Databases without an index read a million vectors a query: they get the first 20 of the queries, and their time is multiplied. */
const queriesOf = (engine: Engine, vectors: number): number =>
  vectors === 1_000_000 && (engine === 'lancedb' || engine === 'pglite') ? 20 : QUERIES

const HEADER = [
  '| vectors | engine | filled, s | index, s | 1,000 queries in one call, s | one query, ms | recall@10 | memory, MiB |',
  '|---|---|---|---|---|---|---|---|',
].join('\n')

/** By size; of each size the exact store first. */
export function galleryCases(ours: OursOptions): MeasuredCase[] {
  const all = (Object.keys(SIZES) as Engine[]).flatMap(engine =>
    SIZES[engine].map(vectors => ({ engine, vectors })),
  )
  return all
    .toSorted((a, b) => a.vectors - b.vectors)
    .map(({ engine, vectors }) => {
      const name = `gallery ${QUERIES} in ${vectors}x${DIMENSION} ${engine}`
      return { name, header: HEADER, measure: () => measure(name, ours, engine, vectors) }
    })
}

type Filled = StoreReport & { readonly fill_s: number }

/** What exact search took, and the file of what it found, once a size. */
const exacts = new Map<number, { truth: string; report: Promise<Filled> }>()
/** Databases that have their vectors, by name and size: where they are, and how long they took. */
const databases = new Map<string, { folder: string; fill_s: number }>()

async function measure(name: string, ours: OursOptions, engine: Engine, vectors: number) {
  install()
  const run = async (engine: Engine, truth: string): Promise<Filled> => {
    const database = `${engine.split(' ')[0]} ${vectors}`
    const there = databases.get(database)
    const folder = there?.folder ?? join(temporary(), 'store')
    const report = await reportOf(name, {
      ...ours,
      engine,
      vectors,
      dimension: DIMENSION,
      queries: queriesOf(engine, vectors),
      k: 10,
      folder,
      filled: there !== undefined,
      truth,
    })
    const fill_s = there?.fill_s ?? report.fill_s!
    databases.set(database, { folder, fill_s })
    return { ...report, fill_s }
  }
  if (!exacts.has(vectors)) {
    const truth = join(temporary(), 'truth.json')
    exacts.set(vectors, { truth, report: run('exact', truth) })
  }
  const exact = exacts.get(vectors)!
  const own = await exact.report
  if (engine === 'exact') return { lines: [lineOf(name, own)], text: rowOf(vectors, engine, own) }
  const theirs = await run(engine, exact.truth)
  return { lines: [lineOf(name, own, engine, theirs)], text: rowOf(vectors, engine, theirs) }
}

let root: string | undefined

/** A new folder, which is there as long as the process. */
function temporary(): string {
  if (root === undefined) {
    root = mkdtempSync(join(tmpdir(), 'ir-softmax-bench-'))
    process.once('exit', () => rmSync(root!, { recursive: true }))
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  }
  return mkdtempSync(join(root, 'case-'))
}

/** The report, with the time of all queries; says on standard error how far it is. */
async function reportOf(name: string, options: StoreOptions): Promise<StoreReport> {
  const begin = performance.now()
  let stage = 'start'
  const beat = setInterval(() => {
    const seconds = ((performance.now() - begin) / 1000).toFixed(0)
    console.error(`${name}: ${options.engine}, ${stage}, ${seconds} s`)
  }, 1000 * BEAT)
  try {
    const measured = await runAlone<StoreOptions, StoreStage, StoreReport>(
      '../gallery/store.ts',
      options,
      line => {
        stage = line.stage ?? stage
      },
      60_000 * LIMIT,
    )
    return { ...measured, batch_ms: (measured.batch_ms * QUERIES) / options.queries }
  } catch (error) {
    throw new Error(`${options.engine}: ${(error as Error).message}, at the stage: ${stage}`)
  } finally {
    clearInterval(beat)
  }
}

function lineOf(name: string, own: Filled, peer?: Engine, theirs?: Filled): Line {
  const ours = {
    ours_single_ms: own.single_ms,
    ours_mib: own.most_mib,
    ours_fill_s: own.fill_s,
    ours_index_s: own.index_s,
  }
  if (theirs === undefined) return { name, ours_ms: own.batch_ms, ...NOBODY, ...ours }
  return {
    name,
    ours_ms: own.batch_ms,
    ...NOBODY,
    peer: peer!,
    peer_ms: theirs.batch_ms,
    ratio: theirs.batch_ms / own.batch_ms,
    single_ratio: theirs.single_ms / own.single_ms,
    recall: theirs.recall,
    ...ours,
    peer_single_ms: theirs.single_ms,
    peer_mib: theirs.most_mib,
    peer_fill_s: theirs.fill_s,
    peer_index_s: theirs.index_s,
  }
}

const rowOf = (vectors: number, engine: Engine, report: Filled): string => {
  const { fill_s, index_s, batch_ms, single_ms, recall, most_mib } = report
  const short = (value: number): string => (value < 10 ? value.toPrecision(2) : value.toFixed(0))
  const cells = [short(fill_s), short(index_s), short(batch_ms / 1000), short(single_ms)]
  return `| ${[vectors, engine, ...cells, Number(recall.toFixed(4)), most_mib.toFixed(0)].join(' | ')} |`
}
