#!/usr/bin/env bash
# Kernels of TensorFlow.js 4.22.0's backend wasm that give other values than its backend cpu, and than TensorFlow, without an error:
# - maxPool3d, maxPoolWithArgmax and dilation2d begin at 1.1754944e-38, the smallest positive float32, where the lowest is meant:
#   of windows whose numbers are all negative they give that, with index 0. (maxPool is another kernel, and right.)
# - sign is 0 from -1.19e-7 to 1.19e-7, float32's epsilon.
# - image.transform, fillMode 'reflect': what lies before the first pixel is a copy of the last one.
# - cast to bool keeps the lowest byte of the integer part: 0.5 and 256 are false, 2 is 2. Known, closed as stale:
#   https://github.com/tensorflow/tfjs/issues/2590
# - prelu repeats alpha along the last axes and never broadcasts: alpha [C,1,1], as nets in channel order have it, is taken as [C].
#   Known, closed: https://github.com/tensorflow/tfjs/issues/7458
#
# Output seen:
#   maxPool3d: cpu -2; wasm 1.1754944e-38
#   maxPoolWithArgmax: cpu -2; wasm 1.1754944e-38
#   maxPoolWithArgmax, index: cpu 1; wasm 0
#   dilation2d: cpu -2; wasm 1.1754944e-38
#   maxPool: cpu -2; wasm -2
#   sign of 1e-7, -1e-7, 2e-7: cpu 1 -1 1; wasm 0 0 1
#   transform, two pixels to the right: cpu 2 1 1 2 3; wasm 5 5 1 2 3
#   cast of 0.5, 2, 256 to bool: cpu 1 1 1; wasm 0 2 0
#   prelu, alpha [2,1,1]: cpu -1 -1 -5 -5; wasm -1 -5 -1 -5
#
# Exits with 0 while that is so. Needs Node 20 or later and npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 \
  @tensorflow/tfjs-backend-wasm@4.22.0
cat >run.mjs <<'JS'
import { fileURLToPath } from 'node:url'
import '@tensorflow/tfjs-backend-cpu'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'

setWasmPaths(fileURLToPath(new URL('node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url)))
const square = () => tf.tensor([-5, -2, -3, -4], [1, 2, 2, 1])
const cases = {
  maxPool3d: () => tf.maxPool3d(tf.reshape(square(), [1, 2, 2, 1, 1]), [2, 2, 1], 1, 'valid'),
  maxPoolWithArgmax: () => tf.maxPoolWithArgmax(square(), 2, 2, 'valid').result,
  'maxPoolWithArgmax, index': () => tf.maxPoolWithArgmax(square(), 2, 2, 'valid').indexes,
  dilation2d: () => tf.dilation2d(square(), tf.zeros([2, 2, 1]), 1, 'valid'),
  maxPool: () => tf.maxPool(square(), 2, 2, 'valid'),
  'sign of 1e-7, -1e-7, 2e-7': () => tf.sign(tf.tensor([1e-7, -1e-7, 2e-7])),
  'transform, two pixels to the right': () =>
    tf.image.transform(tf.tensor([1, 2, 3, 4, 5], [1, 1, 5, 1]), tf.tensor([[1, 0, -2, 0, 1, 0, 0, 0]]), 'nearest', 'reflect'),
  'cast of 0.5, 2, 256 to bool': () => tf.cast(tf.tensor([0.5, 2, 256]), 'bool'),
  'prelu, alpha [2,1,1]': () => tf.prelu(tf.tensor([-1, -1, -1, -1], [1, 2, 1, 2]), tf.tensor([1, 5], [2, 1, 1])),
}
const outputs = {}
for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend)
  for (const [name, run] of Object.entries(cases)) {
    const values = [...run().dataSync()].map(v => Number(v.toPrecision(8)))
    outputs[name] = [...(outputs[name] ?? []), `${backend} ${values.join(' ')}`]
  }
}
for (const [name, both] of Object.entries(outputs)) console.log(`${name}: ${both.join('; ')}`)
JS
node run.mjs 2>/dev/null | grep ' wasm ' | tee seen
diff seen - <<'EXPECTED'
maxPool3d: cpu -2; wasm 1.1754944e-38
maxPoolWithArgmax: cpu -2; wasm 1.1754944e-38
maxPoolWithArgmax, index: cpu 1; wasm 0
dilation2d: cpu -2; wasm 1.1754944e-38
maxPool: cpu -2; wasm -2
sign of 1e-7, -1e-7, 2e-7: cpu 1 -1 1; wasm 0 0 1
transform, two pixels to the right: cpu 2 1 1 2 3; wasm 5 5 1 2 3
cast of 0.5, 2, 256 to bool: cpu 1 1 1; wasm 0 2 0
prelu, alpha [2,1,1]: cpu -1 -1 -5 -5; wasm -1 -5 -1 -5
EXPECTED
