#!/usr/bin/env bash
# libsql 0.5.29 (SQLite with vectors; @libsql/client 0.18.0 has it): after an UPDATE of vectors, vector_top_k misses a third and
# more of the nearest rows, without an error. So it does after INSERT OR REPLACE, and after DELETE and INSERT with the same rowid:
# whoever trains on and writes the new embeddings over the old ones has that. A vertex of the index keeps its neighbours' vectors.
# A delete does not take them away (diskAnnDelete, as of August 2026, looks in a neighbour's list for that neighbour, not for the
# row that goes), and the next row of that rowid is judged by the old vector. New rowids are right, and REINDEX, and
# 'compress_neighbors=float8', where the last distance is to the row's own vector. Not found in Turso's documentation; its tracker
# has another fault of deletes, with equal vectors: https://github.com/tursodatabase/libsql/issues/2197 (December 2026).
#
# 500 random directions of 16 numbers, the ten nearest of each of 100. Walks begin at random, so that counts vary: some 610 of 1,000
# after an UPDATE of all rows, some 920 after one of 50 rows. Output seen:
#   inserted: more than 980 of 1000 found
#   UPDATE: fewer than 750 of 1000 found
#   INSERT OR REPLACE: fewer than 750 of 1000 found
#   DELETE, INSERT with the same rowid: fewer than 750 of 1000 found
#   DELETE, INSERT with a new rowid: more than 980 of 1000 found
#   UPDATE, REINDEX: more than 980 of 1000 found
#   UPDATE, compress_neighbors=float8: more than 980 of 1000 found
#
# Exits with 0 while that is so. Needs Node 20 or later and npm, on Linux with x64 and glibc.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent libsql@0.5.29 @libsql/linux-x64-gnu@0.5.29
cat >run.cjs <<'JS'
const Database = require('libsql')

// The generator of Numerical Recipes, so that each run has the same numbers.
let state = 1
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const draw = () => Array.from({ length: 500 }, () => JSON.stringify(Array.from({ length: 16 }, normal)))
const [before, after] = [draw(), draw()]

const found = (options, change) => {
  const db = new Database(':memory:')
  db.exec('create table faces (id integer primary key, e F32_BLOB(16))')
  db.exec(`create index nearest on faces (libsql_vector_idx(e, 'metric=cosine'${options}))`)
  const insert = db.prepare('insert into faces values (?, vector32(?))')
  before.forEach((vector, i) => insert.run(i, vector))
  change(db, insert)
  const byIndex = db.prepare('select id from vector_top_k(\'nearest\', vector32(?), 10)').raw()
  const byDistance = db.prepare('select id from faces order by vector_distance_cos(e, vector32(?)) limit 10').raw()
  let hits = 0
  for (const vector of after.slice(0, 100)) {
    const right = new Set(byDistance.all(vector).map(([id]) => id))
    hits += byIndex.all(vector).filter(([id]) => right.has(id)).length
  }
  db.close()
  return hits > 980 ? 'more than 980' : hits < 750 ? 'fewer than 750' : `${hits}`
}
const each = (db, sql, row) => after.forEach((vector, i) => db.prepare(sql).run(...row(vector, i)))
const update = db => each(db, 'update faces set e = vector32(?) where id = ?', (vector, i) => [vector, i])
const moved = by => (db, insert) => after.forEach((vector, i) => {
  db.prepare('delete from faces where id = ?').run(i)
  insert.run(i + by, vector)
})
const trials = {
  inserted: ['', () => {}],
  UPDATE: ['', update],
  'INSERT OR REPLACE': ['', db => each(db, 'insert or replace into faces values (?, vector32(?))', (vector, i) => [i, vector])],
  'DELETE, INSERT with the same rowid': ['', moved(0)],
  'DELETE, INSERT with a new rowid': ['', moved(1000)],
  'UPDATE, REINDEX': ['', db => { update(db); db.exec('reindex nearest') }],
  'UPDATE, compress_neighbors=float8': [', \'compress_neighbors=float8\'', update],
}
for (const [name, [options, change]] of Object.entries(trials)) console.log(`${name}: ${found(options, change)} of 1000 found`)
JS
node run.cjs | tee seen
diff seen - <<'EXPECTED'
inserted: more than 980 of 1000 found
UPDATE: fewer than 750 of 1000 found
INSERT OR REPLACE: fewer than 750 of 1000 found
DELETE, INSERT with the same rowid: fewer than 750 of 1000 found
DELETE, INSERT with a new rowid: more than 980 of 1000 found
UPDATE, REINDEX: more than 980 of 1000 found
UPDATE, compress_neighbors=float8: more than 980 of 1000 found
EXPECTED
