#!/usr/bin/env bash
# LanceDB 0.39.0 (0.31.0 too): the `_distance` of a search by cosine through an index that rounds vectors, hnswSq, ivfPq or hnswPq,
# is about twice 1 - cosine: the squared distance of the unit vectors (https://github.com/lancedb/lancedb/issues/3530, open).
# What the issue does not tell: once a single row is not in the index yet, all distances of that table are 1 - cosine, and
# twice that again after table.optimize(). So a threshold, or distanceRange, means another angle from one insert to the next.
# refineFactor(1) gives 1 - cosine always; without an index, and with ivfFlat, it is that anyway.
#
# 1,000 random directions of 16 numbers, the ten nearest of each of 50: the median of `_distance` over 1 - cosine, the vector itself
# aside. Output seen:
#   no index: 1.0
#   ivfFlat: 1.0
#   hnswSq: 2.0; refineFactor(1): 1.0; one row added: 1.0; optimized: 2.0
#   ivfPq: 2.0; refineFactor(1): 1.0; one row added: 1.0; optimized: 2.0
#   hnswPq: 2.0; refineFactor(1): 1.0; one row added: 1.0; optimized: 2.0
#
# Exits with 0 while that is so. Needs Node 20 or later and npm, on Linux with x64 and glibc; installs 155 MB.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent --omit=optional @lancedb/lancedb@0.39.0 \
  @lancedb/lancedb-linux-x64-gnu@0.39.0 apache-arrow@18.1.0
cat >run.cjs <<'JS'
const { connect, Index } = require('@lancedb/lancedb')

// The generator of Numerical Recipes, so that each run has the same vectors.
let state = 1
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const dot = (u, v) => u.reduce((sum, x, i) => sum + x * v[i], 0)
const unit = () => {
  const v = Array.from({ length: 16 }, normal)
  const length = Math.sqrt(dot(v, v))
  return v.map(x => x / length)
}
const vectors = Array.from({ length: 1000 }, unit)

/** The median of the distances over the true ones, with a digit behind the point. */
const ratio = async (table, refine) => {
  const ratios = []
  for (const query of vectors.slice(0, 50)) {
    const search = table.search(query).distanceType('cosine').limit(10)
    for (const { key, _distance } of await (refine ? search.refineFactor(1) : search).toArray()) {
      const distance = 1 - dot(query, vectors[key])
      if (distance > 1e-6) ratios.push(_distance / distance)
    }
  }
  return ratios.sort((a, b) => a - b)[ratios.length >> 1].toFixed(1)
}
const main = async () => {
  const database = await connect('database')
  const config = { distanceType: 'cosine', numPartitions: 1 }
  const rows = vectors.slice(0, 999).map((vector, key) => ({ key, vector }))
  const table = await database.createTable('t', rows)
  console.log(`no index: ${await ratio(table)}`)
  await table.createIndex('vector', { config: Index.ivfFlat(config) })
  console.log(`ivfFlat: ${await ratio(table)}`)
  for (const kind of ['hnswSq', 'ivfPq', 'hnswPq']) {
    const indexed = await database.createTable(kind, rows)
    const codes = kind === 'hnswSq' ? {} : { numSubVectors: 16 }
    await indexed.createIndex('vector', { config: Index[kind]({ ...config, ...codes }) })
    const [alone, refined] = [await ratio(indexed), await ratio(indexed, true)]
    await indexed.add([{ key: 999, vector: vectors[999] }])
    const added = await ratio(indexed)
    await indexed.optimize()
    console.log(`${kind}: ${alone}; refineFactor(1): ${refined}; one row added: ${added}; optimized: ${await ratio(indexed)}`)
  }
}
main()
JS
node run.cjs 2>/dev/null | tee seen
diff seen - <<'EXPECTED'
no index: 1.0
ivfFlat: 1.0
hnswSq: 2.0; refineFactor(1): 1.0; one row added: 1.0; optimized: 2.0
ivfPq: 2.0; refineFactor(1): 1.0; one row added: 1.0; optimized: 2.0
hnswPq: 2.0; refineFactor(1): 1.0; one row added: 1.0; optimized: 2.0
EXPECTED
