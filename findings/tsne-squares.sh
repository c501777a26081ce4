#!/usr/bin/env bash
# t-SNE's similarities are p(j|i) ~ exp(-d(i,j)^2 / 2 sigma_i^2), by squares of distances (van der Maaten 2008, equation 1). tsne-js 1.0.3 takes
# the distances as they are, by its default metric 'euclidean' too: exp(-d / c), whose tail reaches further.
# The perplexity, the exponential of a row's entropy, is as asked for all the same, so that nothing shows it. @keckelt/tsne 1.0.2, tsnejs in TypeScript, squares in
# initDataRaw, and in initDataDist wants distances that are squares already, which nothing says. Faults of
# that kind were mended in TSne.jl (https://github.com/lejon/TSne.jl/issues/14) and Rtsne (https://github.com/jkrijthe/Rtsne/issues/7).
# Not found in the trackers of scienceai/tsne-js and karpathy/tsnejs (December 2026).
#
# 100 random points in three dimensions, perplexity 10: which of the two the matrix P is made by, and how many times as much the nearest counts as
# the thirtieth nearest, the median of the points. Output seen:
#   by squares: 757
#   by distances: 290
#   tsne-js, euclidean: by distances, 290
#   @keckelt/tsne, initDataRaw: by squares, 757
#   @keckelt/tsne, initDataDist of distances: by distances, 290
#   @keckelt/tsne, initDataDist of squares: by squares, 757
#
# Exits with 0 while that is so. Needs Node 20 or later and npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent tsne-js@1.0.3 @keckelt/tsne@1.0.2
cat >run.cjs <<'JS'
const TSNE = require('tsne-js')
const { TSNE: Tsnejs } = require('@keckelt/tsne')

// The generator of Numerical Recipes, so that each run has the same numbers.
let state = 1
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const [n, perplexity] = [100, 10]
const points = Array.from({ length: n }, () => Array.from({ length: 3 }, normal))
const distances = points.map(p => points.map(q => Math.hypot(...p.map((v, k) => v - q[k]))))
const squares = distances.map(row => row.map(d => d * d))

/** p(j|i) ~ exp(-beta x), with the beta of the entropy ln(perplexity); then the mean of p(j|i) and p(i|j), over n. */
function similarities(x) {
  const rows = x.map((row, i) => {
    let [low, high] = [0, 1e6]
    let p
    for (let turn = 0; turn < 200; turn++) {
      const beta = (low + high) / 2
      const least = Math.min(...row.filter((_, j) => j !== i))
      const e = row.map((v, j) => (j === i ? 0 : Math.exp(-beta * (v - least))))
      const sum = e.reduce((a, b) => a + b)
      p = e.map(v => v / sum)
      const entropy = -p.reduce((h, v) => h + (v > 0 ? v * Math.log(v) : 0), 0)
      if (entropy > Math.log(perplexity)) low = beta
      else high = beta
    }
    return p
  })
  return rows.map((row, i) => row.map((v, j) => (v + rows[j][i]) / (2 * n)))
}

/** The median over the points of what the nearest counts over the thirtieth. */
const share = P => {
  const ratios = P.map((row, i) => {
    const order = distances[i].map((_, j) => j).filter(j => j !== i).sort((a, b) => distances[i][a] - distances[i][b])
    return row[order[0]] / row[order[29]]
  })
  return ratios.sort((a, b) => a - b)[n / 2].toFixed(0)
}
const known = { 'by squares': similarities(squares), 'by distances': similarities(distances) }
for (const [name, P] of Object.entries(known)) console.log(`${name}: ${share(P)}`)

// Within a thousandth of the largest entry: the packages look for beta less closely.
const near = (P, Q) => {
  const most = Math.max(...Q.flat())
  return P.every((row, i) => row.every((v, j) => Math.abs(v - Q[i][j]) < 1e-3 * most))
}
const report = (name, P) => console.log(`${name}: ${Object.keys(known).filter(k => near(P, known[k])).join(' and ') || 'neither'}, ${share(P)}`)
const matrix = at => points.map((_, i) => points.map((_, j) => (i === j ? 0 : at(i, j))))

const first = new TSNE({ dim: 2, perplexity, nIter: 1 })
first.init({ data: points, type: 'dense' })
first.run()
report('tsne-js, euclidean', matrix((i, j) => first.P.get(i, j)))
for (const [name, start] of [
  ['initDataRaw', t => t.initDataRaw(points)],
  ['initDataDist of distances', t => t.initDataDist(distances)],
  ['initDataDist of squares', t => t.initDataDist(squares)],
]) {
  const second = new Tsnejs({ dim: 2, perplexity })
  start(second)
  report(`@keckelt/tsne, ${name}`, matrix((i, j) => second.P[i * n + j]))
}
JS
node run.cjs | tee seen
diff seen - <<'EXPECTED'
by squares: 757
by distances: 290
tsne-js, euclidean: by distances, 290
@keckelt/tsne, initDataRaw: by squares, 757
@keckelt/tsne, initDataDist of distances: by distances, 290
@keckelt/tsne, initDataDist of squares: by squares, 757
EXPECTED
