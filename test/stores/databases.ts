import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { LanceTable, PgClient } from '../../models/recognition/index.ts'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const VERSION = '0.31.0'

/** LanceDB's own optional packages are clients of models, some 400 MB; of its binaries one is needed. */
const binary = `@lancedb/lancedb-${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : process.platform === 'win32' ? '-msvc' : ''}`

/** Installs the databases beside package.json on first use. Throws where it cannot. */
export function install(): void {
  const there = (name: string): boolean =>
    existsSync(new URL(`node_modules/${name}/package.json`, import.meta.url))
  const missing = [['ci'], ['install', '--no-save', `${binary}@${VERSION}`]].filter(([command]) =>
    command === 'ci' ? !there('@electric-sql/pglite') : !there(binary),
  )
  for (const args of missing) {
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

/** Postgres in this process, in memory, with pgvector. */
export async function postgres(): Promise<PgClient & { close(): Promise<void> }> {
  // By names that the compiler does not look up: the packages are here only after `install`.
  const [engine, extension]: string[] = ['@electric-sql/pglite', '@electric-sql/pglite-pgvector']
  const { PGlite } = await import(engine)
  const { vector } = await import(extension)
  return new PGlite({ extensions: { vector } })
}

/** An empty table of LanceDB in the folder. */
export async function lanceTable(
  folder: string,
  dimension: number,
): Promise<LanceTable & { createIndex(column: string, options: object): Promise<void> }> {
  // Both as CommonJS: LanceDB tests schemas by `instanceof`.
  const require = createRequire(import.meta.url)
  const { connect } = require('@lancedb/lancedb')
  const { Field, FixedSizeList, Float32, Int64, Schema } = require('apache-arrow')
  const list = new FixedSizeList(dimension, new Field('item', new Float32(), true))
  const schema = new Schema([new Field('key', new Int64(), false), new Field('vector', list, false)])
  return (await connect(folder)).createEmptyTable('gallery', schema)
}
