#!/usr/bin/env bash
# @huggingface/transformers 4.3.2: Tensor.norm(p), "the matrix norm or vector norm", and Tensor.normalize(p), "`L_p` normalization",
# sum x^p where |x|^p is meant. So with p = 1 negative numbers count against positive ones: the norm is the plain sum (sum() is
# written as norm(1)), can be negative or 0, and normalizing turns signs or gives infinities; with p = 3 it is NaN. p = 2, the
# default, is right but for a row of zeros: NaN, where PyTorch's normalize, whose signature it has, gives zeros. mean_pooling too
# gives NaN where a mask is all 0, as the mask of a row that pads a batch; Python's divides by 1e-9 at the least. Not found in
# the tracker of huggingface/transformers.js (December 2026).
#
# Rows [3, -4], [-1, 1] and [0, 0]. PyTorch 1.13: norm 1: 7 2 0; norm 3: 4.498 1.260 0; normalized 1: 0.429 -0.571, -0.5 0.5, 0 0.
# Output seen:
#   norm 1: -1.000 0.000 0.000
#   norm 2: 5.000 1.414 0.000
#   norm 3: NaN 0.000 0.000
#   normalized 1: -3.000 4.000 -Infinity Infinity NaN NaN
#   normalized 2: 0.600 -0.800 -0.707 0.707 NaN NaN
#   mean_pooling, masks 1 1 and 0 0: 1.000 -1.500 NaN NaN
#
# Exits with 0 while that is so. Needs Node 20 or later and npm; installs 475 MB.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent @huggingface/transformers@4.3.2
cat >run.mjs <<'JS'
import { mean_pooling, Tensor } from '@huggingface/transformers'

const rows = new Tensor('float32', Float32Array.of(3, -4, -1, 1, 0, 0), [3, 2])
const show = (name, { data }) => console.log(`${name}: ${[...data].map(v => v.toFixed(3)).join(' ')}`)
for (const p of [1, 2, 3]) show(`norm ${p}`, rows.norm(p, 1))
for (const p of [1, 2]) show(`normalized ${p}`, rows.normalize(p, 1))

// Two rows of two tokens, the second row all padding.
const tokens = new Tensor('float32', Float32Array.of(3, -4, -1, 1, 5, 5, 5, 5), [2, 2, 2])
show('mean_pooling, masks 1 1 and 0 0', mean_pooling(tokens, new Tensor('int64', BigInt64Array.of(1n, 1n, 0n, 0n), [2, 2])))
JS
node run.mjs | tee seen
diff seen - <<'EXPECTED'
norm 1: -1.000 0.000 0.000
norm 2: 5.000 1.414 0.000
norm 3: NaN 0.000 0.000
normalized 1: -3.000 4.000 -Infinity Infinity NaN NaN
normalized 2: 0.600 -0.800 -0.707 0.707 NaN NaN
mean_pooling, masks 1 1 and 0 0: 1.000 -1.500 NaN NaN
EXPECTED
