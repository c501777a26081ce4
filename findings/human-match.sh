#!/usr/bin/env bash
# @vladmandic/human 3.3.6, a face library, compares embeddings by match.similarity: "0 is no similarity and 1 is perfect", "above
# 0.5 can be considered a match". Two surprises, without an error:
# - Options given take the place of all defaults, not only of their own. The types call order 2 the default; { order: 2 }, or a
#   threshold alone, also changes multiplier from 25 to 20 and the range from 0.2..0.8 to 0..1. So pairs at the same distance are
#   a match with the option and none without. match.find has the same.
# - Embeddings of length 1, as most nets of today give them: any two have similarity 1, opposite ones too. The figure is
#   of the distance itself, made for vectors of length 10 and more. match.distance, "Euclidean", is 25 times its square.
# Not found in the tracker of vladmandic/human (December 2026).
#
# Embeddings of 1,024 numbers: two at a distance of 10.5, two of length 1 at right angles, and one of length 1 and its opposite.
# Output seen:
#   distance 10.5: 0.46; { order: 2 } 0.53; { threshold: 0.5 } 0.53
#   length 1, right angle: 1; opposite: 1
#   match.distance: right angle 50; opposite 100
#
# Exits with 0 while that is so. Needs Node 20 or later and npm; installs 43 MB.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent @vladmandic/human@3.3.6
cat >run.mjs <<'JS'
// The package's build for browsers looks for these two when it loads; comparing embeddings takes neither.
globalThis.window = globalThis
globalThis.document = { createElement: () => ({ getContext: () => null, style: {} }) }
const { match } = await import('./node_modules/@vladmandic/human/dist/human.esm.js')

const embedding = (x, y) => [x, y, ...Array(1022).fill(0)]
const [a, b] = [embedding(0, 0), embedding(10.5, 0)]
console.log(`distance 10.5: ${match.similarity(a, b)}; { order: 2 } ${match.similarity(a, b, { order: 2 })}; `
  + `{ threshold: 0.5 } ${match.similarity(a, b, { threshold: 0.5 })}`)
const [unit, right, opposite] = [embedding(1, 0), embedding(0, 1), embedding(-1, 0)]
console.log(`length 1, right angle: ${match.similarity(unit, right)}; opposite: ${match.similarity(unit, opposite)}`)
console.log(`match.distance: right angle ${match.distance(unit, right)}; opposite ${match.distance(unit, opposite)}`)
JS
node run.mjs | tee seen
diff seen - <<'EXPECTED'
distance 10.5: 0.46; { order: 2 } 0.53; { threshold: 0.5 } 0.53
length 1, right angle: 1; opposite: 1
match.distance: right angle 50; opposite 100
EXPECTED
