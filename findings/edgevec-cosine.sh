#!/usr/bin/env bash
# edgevec 0.9.0, a vector index in WebAssembly: an index of metric 'cosine' or 'dot' gives the vectors that are least like the
# query, the opposite one first. Its types call both "converted to distance", where lower is nearer; what it sorts upwards is the
# product itself. 'cosine' is that product too, without a division by the lengths. Metric 'l2', the default, is right. Not found
# in the tracker of matte1782/edgevec (December 2026).
#
# Four vectors, the query [2,0]: the two nearest, by cosine [1,0] and [0.8,0.6]. Output seen:
#   l2: [1,0] 1.00, [0.8,0.6] 1.80
#   cosine: [-3,0] -6.00, [0,1] 0.00
#   dot: [-3,0] -6.00, [0,1] 0.00
#
# Exits with 0 while that is so. Needs Node 20 or later and npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent edgevec@0.9.0
cat >run.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { EdgeVec, EdgeVecConfig, initSync } from 'edgevec'

initSync({ module: readFileSync('node_modules/edgevec/edgevec_bg.wasm') })
const vectors = [[1, 0], [0.8, 0.6], [0, 1], [-3, 0]]
for (const metric of ['l2', 'cosine', 'dot']) {
  const config = new EdgeVecConfig(2)
  config.metric = metric
  const index = new EdgeVec(config)
  const vectorOf = new Map(vectors.map(vector => [index.insert(Float32Array.from(vector)), vector]))
  const nearest = index.search(Float32Array.of(2, 0), 2)
  console.log(`${metric}: ${nearest.map(({ id, score }) => `[${vectorOf.get(id)}] ${score.toFixed(2)}`).join(', ')}`)
}
JS
node run.mjs | tee seen
diff seen - <<'EXPECTED'
l2: [1,0] 1.00, [0.8,0.6] 1.80
cosine: [-3,0] -6.00, [0,1] 0.00
dot: [-3,0] -6.00, [0,1] 0.00
EXPECTED
