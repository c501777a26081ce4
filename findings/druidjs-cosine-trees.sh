#!/usr/bin/env bash
# DruidJS 0.9.0 (@saehrimnir/druidjs): an index takes any `metric`, and with `cosine` two of them miss neighbours without an error,
# unless all vectors have length 1. KDTree, which its documentation gives for exact neighbours, leaves out a half whose border is further
# away along an axis than the worst angle found: a bound for lengths, compared with radians. LSH takes the width of its buckets
# from the angles, and places vectors by their coordinates: it finds hardly more than chance does. BallTree and HNSW are right. On unit vectors
# KDTree is right too, and LSH finds most. Not found in its documentation and in the tracker of saehm/DruidJS (December 2026).
#
# 1,000 random vectors of 8 numbers, the ten nearest of each of 50 (chance finds 5 of 500). Output seen:
#   as they are, BallTree: 500 of 500
#   as they are, HNSW: 500 of 500
#   as they are, KDTree: between 350 and 450 of 500
#   as they are, LSH: fewer than 50 of 500
#   of length 1, BallTree: 500 of 500
#   of length 1, HNSW: 500 of 500
#   of length 1, KDTree: 500 of 500
#   of length 1, LSH: between 350 and 450 of 500
#
# Exits with 0 while that is so. Needs Node 20 or later and npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent @saehrimnir/druidjs@0.9.0
cat >run.mjs <<'JS'
import * as druid from '@saehrimnir/druidjs'

// The generator of Numerical Recipes, so that each run has the same numbers.
let state = 1
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const drawn = n => Array.from({ length: n }, () => Array.from({ length: 8 }, normal))
const unit = vector => vector.map(value => value / Math.hypot(...vector))
const cosine = (x, y) => unit(x).reduce((sum, value, d) => sum + value * unit(y)[d], 0)

const [all, some] = [drawn(1000), drawn(50)]
const right = some.map(query => {
  const scores = all.map(vector => cosine(vector, query))
  return new Set(scores.map((_, i) => i).sort((i, j) => scores[j] - scores[i]).slice(0, 10))
})
const words = found => (found < 50 ? 'fewer than 50' : found > 350 && found < 450 ? 'between 350 and 450' : `${found}`)
for (const [form, of] of [['as they are', x => x], ['of length 1', unit]]) {
  for (const name of ['BallTree', 'HNSW', 'KDTree', 'LSH']) {
    const index = new druid[name](all.map(of), { metric: druid.cosine, seed: 1 })
    const found = some.flatMap((query, i) => index.search(of(query), 10).filter(hit => right[i].has(hit.index))).length
    console.log(`${form}, ${name}: ${words(found)} of 500`)
  }
}
JS
node run.mjs | tee seen
diff seen - <<'EXPECTED'
as they are, BallTree: 500 of 500
as they are, HNSW: 500 of 500
as they are, KDTree: between 350 and 450 of 500
as they are, LSH: fewer than 50 of 500
of length 1, BallTree: 500 of 500
of length 1, HNSW: 500 of 500
of length 1, KDTree: 500 of 500
of length 1, LSH: between 350 and 450 of 500
EXPECTED
