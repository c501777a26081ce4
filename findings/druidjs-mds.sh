#!/usr/bin/env bash
# DruidJS 0.9.0 (@saehrimnir/druidjs): classical MDS and ISOMAP give eigenvectors of length 1 as coordinates. Torgerson's are these times
# the roots of their eigenvalues (Torgerson 1952; Tenenbaum 2000 for Isomap), and only so are distances kept. Every axis comes out
# with the same spread, however little of the data lies along it: a cloud ten times as long as wide is drawn round, and noise in a last
# axis as wide as what tells classes apart. PCA, which is the same map for such distances, and FASTMAP have the right spread. So the stress that MDS
# gives of itself, 0 where nothing is lost, is nearly 1. Not found in its documentation and in the tracker of saehm/DruidJS (December 2026).
#
# 60 points in a plane of three dimensions, spread 10 and 1: two coordinates hold all of it, so that distances after should be those
# before. Output seen (spread along the first axis over that along the second; distance after over before, of the two points that are furthest apart):
#   PCA: 9.6, 1.000
#   FASTMAP: 9.6, 1.000
#   MDS: 1.0, 0.014
#   ISOMAP: 1.0, 0.014
#   stress of MDS by its own method: 0.98
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
const points = Array.from({ length: 60 }, () => [10 * normal(), normal(), 0])

const far = (a, b) => Math.hypot(...a.map((v, d) => v - b[d]))
const pairs = points.flatMap((_, i) => points.slice(0, i).map((_, j) => [i, j]))
const [p, q] = pairs.reduce((most, one) => (far(...one.map(i => points[i])) > far(...most.map(i => points[i])) ? one : most))
const spread = (rows, d) => {
  const mean = rows.reduce((sum, row) => sum + row[d], 0) / rows.length
  return Math.sqrt(rows.reduce((sum, row) => sum + (row[d] - mean) ** 2, 0))
}
// All other points are neighbours: then the paths of ISOMAP are the distances.
for (const [name, options] of [['PCA', {}], ['FASTMAP', {}], ['MDS', {}], ['ISOMAP', { neighbors: 59 }]]) {
  const map = new druid[name](druid.Matrix.from(points), { d: 2, ...options })
  const rows = [...map.transform().to2dArray()].map(row => [...row])
  console.log(`${name}: ${(spread(rows, 0) / spread(rows, 1)).toFixed(1)}, ${(far(rows[p], rows[q]) / far(points[p], points[q])).toFixed(3)}`)
}
const mds = new druid.MDS(druid.Matrix.from(points), { d: 2 })
mds.transform()
console.log(`stress of MDS by its own method: ${mds.stress().toFixed(2)}`)
JS
node run.mjs | tee seen
diff seen - <<'EXPECTED'
PCA: 9.6, 1.000
FASTMAP: 9.6, 1.000
MDS: 1.0, 0.014
ISOMAP: 1.0, 0.014
stress of MDS by its own method: 0.98
EXPECTED
