import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { LanceTable, PgClient } from '../../models/recognition/index.ts'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  dependencies: Readonly<Record<string, string>>
}

/** LanceDB's own optional packages are clients of models, some 400 MB; of its binaries, and of DuckDB's, one is needed. */
const platform = `${process.platform}-${process.arch}`
const abi = { linux: '-gnu', win32: '-msvc' }[process.platform as string] ?? ''
const BINARIES: Readonly<Record<string, string>> = {
  [`@lancedb/lancedb-${platform}${abi}`]: dependencies['@lancedb/lancedb'],
  [`@duckdb/node-bindings-${platform}`]: dependencies['@duckdb/node-api'],
}

/** Installs the databases beside package.json on first use. Throws where it cannot. */
export function install(): void {
  const there = (name: string): boolean =>
    existsSync(new URL(`node_modules/${name}/package.json`, import.meta.url))
  const commands = [
    { args: ['ci'], names: Object.keys(dependencies) },
    {
      args: ['install', '--no-save', ...Object.entries(BINARIES).map(binary => binary.join('@'))],
      names: Object.keys(BINARIES),
    },
  ]
  // The first takes away what the second brought.
  const from = commands.findIndex(({ names }) => !names.every(there))
  for (const { args } of from === -1 ? [] : commands.slice(from)) {
    console.error(`test/stores: npm ${args.join(' ')}`)
    const all = [...args, '--prefix', FOLDER, '--omit=optional', '--no-audit', '--no-fund']
    const { status, error } = spawnSync('npm', all, {
      cwd: FOLDER,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    })
    if (status !== 0) throw new Error(`npm ${args.join(' ')}: ${error?.message ?? `exit ${status}`}`)
  }
}

/** Postgres in this process, with pgvector: in memory, or in a folder. */
export async function postgres(folder?: string): Promise<PgClient & { close(): Promise<void> }> {
  // By names that the compiler does not look up: the packages are here only after `install`.
  const [engine, extension]: string[] = ['@electric-sql/pglite', '@electric-sql/pglite-pgvector']
  const { PGlite } = await import(engine)
  const { vector } = await import(extension)
  return new PGlite({ dataDir: folder, extensions: { vector } })
}

/** The server at the address, as a pool of connections in a schema of its own, which goes when it is closed. */
export async function postgresServer(address: string): Promise<PgClient & { close(): Promise<void> }> {
  const { Pool } = createRequire(import.meta.url)('pg')
  const schema = `ir_softmax_${process.pid}`
  const pool = new Pool({ connectionString: address, max: 4, options: `-c search_path=${schema},public` })
  await pool.query(`create schema ${schema}`)
  return {
    query: (text, values) => pool.query(text, values),
    async close() {
      await pool.query(`drop schema ${schema} cascade`)
      await pool.end()
    },
  }
}

type Table = LanceTable & {
  createIndex(column: string, options: object): Promise<void>
  optimize(): Promise<unknown>
  close(): void
}

/** A table of LanceDB in the folder: an empty one, or the one that is there. */
export async function lanceTable(folder: string, dimension: number, there = false): Promise<Table> {
  // Both as CommonJS: LanceDB tests schemas by `instanceof`.
  const require = createRequire(import.meta.url)
  const { connect } = require('@lancedb/lancedb')
  const { Field, FixedSizeList, Float32, Int64, Schema } = require('apache-arrow')
  const list = new FixedSizeList(dimension, new Field('item', new Float32(), true))
  const schema = new Schema([new Field('key', new Int64(), false), new Field('vector', list, false)])
  const database = await connect(folder)
  return there ? database.openTable('gallery') : database.createEmptyTable('gallery', schema)
}

/**
 * An index of a table that has its vectors: in cells, of which a search reads some; within a cell all vectors (`ivfFlat`), their
 * codes (`ivfPq`), or a small world of vectors of a byte a number (`hnswSq`).
 */
export async function lanceIndex(
  table: Table,
  kind: 'ivfFlat' | 'ivfPq' | 'hnswSq',
  numPartitions: number,
): Promise<void> {
  const { Index } = createRequire(import.meta.url)('@lancedb/lancedb')
  await table.createIndex('vector', { config: Index[kind]({ distanceType: 'cosine', numPartitions }) })
}
