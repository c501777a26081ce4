#!/usr/bin/env bash
# DuckDB 1.5.6 with PARQUET_VERSION V2 writes 32-bit integers, hashes or ids say, so that other readers refuse the file or read
# other numbers; DuckDB itself reads them back right. Its DELTA_BINARY_PACKED takes differences in 64 bits. Parquet's specification
# wraps them in the column's 32, and says that "INT32 data must not use more than 32 bits" (Encodings.md). arrow-rs, here
# parquet-wasm 0.8.0, refuses INTEGER whose neighbours differ by 2^31 or more, and UINTEGER, whose first value stands there
# unsigned, from 2^31 on. hyparquet 1.33.0 reads the former and takes 2^31 off all of the latter, without an error. BIGINT, UBIGINT
# and version V1, the default, are right. arrow-go had the same and mended it: https://github.com/apache/arrow-go/pull/1027 (2026);
# not found in DuckDB's tracker (December 2026).
#
# 1,000 rows of each; how many of them are read right. Output seen:
#   INTEGER, V1: DuckDB 1000, hyparquet 1000, arrow-rs reads it
#   INTEGER, V2: DuckDB 1000, hyparquet 1000, arrow-rs 'min_delta' too large
#   UINTEGER, V1: DuckDB 1000, hyparquet 1000, arrow-rs reads it
#   UINTEGER, V2: DuckDB 1000, hyparquet 0 (3000000000 as 852516352), arrow-rs first value too large
#   BIGINT, V2: DuckDB 1000, hyparquet 1000, arrow-rs reads it
#
# Exits with 0 while that is so. Needs Node 20 or later and npm, on Linux with x64 and glibc.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent @duckdb/node-api@1.5.6-r.1 hyparquet@1.33.0 parquet-wasm@0.8.0
cat >run.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { readParquet } from 'parquet-wasm/node'

const db = await (await DuckDBInstance.create(':memory:')).connect()
const column = async sql => (await db.runAndReadAll(sql)).getRows().map(([value]) => String(value))
const columns = {
  INTEGER: '(i % 2 * 4000000000 - 2000000000 + i)::INTEGER',
  UINTEGER: '(3000000000 + i)::UINTEGER',
  BIGINT: '(i % 2 * 4000000000 - 2000000000 + i)::BIGINT',
}
for (const [name, version] of [['INTEGER', 'V1'], ['INTEGER', 'V2'], ['UINTEGER', 'V1'], ['UINTEGER', 'V2'], ['BIGINT', 'V2']]) {
  const rows = `select ${columns[name]} as id from range(1000) t(i)`
  const right = await column(rows)
  const found = read => read.filter((value, i) => value === right[i]).length
  await db.run(`copy (${rows}) to 'ids.parquet' (format parquet, parquet_version ${version})`)
  const duckdb = await column("select id from 'ids.parquet'")
  const hyparquet = (await parquetReadObjects({ file: await asyncBufferFromFile('ids.parquet') })).map(({ id }) => String(id))
  const wrong = hyparquet[0] === right[0] ? '' : ` (${right[0]} as ${hyparquet[0]})`
  let arrow = 'reads it'
  try {
    readParquet(new Uint8Array(readFileSync('ids.parquet')))
  } catch (error) {
    arrow = String(error.message ?? error).replace(/.*error: /, '')
  }
  console.log(`${name}, ${version}: DuckDB ${found(duckdb)}, hyparquet ${found(hyparquet)}${wrong}, arrow-rs ${arrow}`)
}
JS
node run.mjs | tee seen
diff seen - <<'EXPECTED'
INTEGER, V1: DuckDB 1000, hyparquet 1000, arrow-rs reads it
INTEGER, V2: DuckDB 1000, hyparquet 1000, arrow-rs 'min_delta' too large
UINTEGER, V1: DuckDB 1000, hyparquet 1000, arrow-rs reads it
UINTEGER, V2: DuckDB 1000, hyparquet 0 (3000000000 as 852516352), arrow-rs first value too large
BIGINT, V2: DuckDB 1000, hyparquet 1000, arrow-rs reads it
EXPECTED
