#!/usr/bin/env bash
# hdbscan-ts 1.0.17 calls most points of plain groups noise, and gives points at the very same place different labels. HDBSCAN
# (Campello and others, 2013, which its README links) lets a cluster live on when single points leave it: only a parting into two
# of minClusterSize ends it. This package ends it there: a side that is too small sets the parent's stability to 0
# (buildClusterHierarchy), so that what is chosen are the innermost few points. Its distances are squared ones, besides, which
# changes stabilities. Who groups the faces of an album by it loses most of them. HDBSCAN by the paper gives two clusters of 50
# and no noise for the groups below, with either size; so does plain DBSCAN. Not found in the tracker of GeLi2001/hdbscan-ts
# (December 2026).
#
# Two groups of 50 normal points of deviation 1 each, their centres 20 apart; then ten points at [0,0] and ten at [5,5]. Output
# seen:
#   minClusterSize 5: 32 of 100 points in clusters, 5 clusters
#   minClusterSize 10: 21 of 100 points in clusters, 2 clusters
#   DBSCAN, radius 2: 100 of 100 points in clusters, 2 clusters
#   at one place: 0 -1 -1 -1 -1 -1 0 0 0 0
#   at another: 1 -1 -1 -1 -1 -1 1 1 1 1
#
# Exits with 0 while that is so. Needs Node 20 or later and npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent hdbscan-ts@1.0.17 density-clustering@1.3.0
cat >run.cjs <<'JS'
const { HDBSCAN } = require('hdbscan-ts')
const { DBSCAN } = require('density-clustering')

// The generator of Numerical Recipes, so that each run has the same numbers.
let state = 1
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const points = Array.from({ length: 100 }, (_, i) => [(i < 50 ? 0 : 20) + normal(), normal()])

const show = (name, labels) => {
  const clustered = labels.filter(label => label >= 0)
  console.log(`${name}: ${clustered.length} of 100 points in clusters, ${new Set(clustered).size} clusters`)
}
for (const minClusterSize of [5, 10]) show(`minClusterSize ${minClusterSize}`, new HDBSCAN({ minClusterSize }).fit(points))
const clusters = new DBSCAN().run(points, 2, 5)
show('DBSCAN, radius 2', points.map((_, i) => clusters.findIndex(cluster => cluster.includes(i))))
const same = new HDBSCAN({ minClusterSize: 5 }).fit(Array.from({ length: 20 }, (_, i) => (i < 10 ? [0, 0] : [5, 5])))
console.log(`at one place: ${same.slice(0, 10).join(' ')}`)
console.log(`at another: ${same.slice(10).join(' ')}`)
JS
node run.cjs | tee seen
diff seen - <<'EXPECTED'
minClusterSize 5: 32 of 100 points in clusters, 5 clusters
minClusterSize 10: 21 of 100 points in clusters, 2 clusters
DBSCAN, radius 2: 100 of 100 points in clusters, 2 clusters
at one place: 0 -1 -1 -1 -1 -1 0 0 0 0
at another: 1 -1 -1 -1 -1 -1 1 1 1 1
EXPECTED
