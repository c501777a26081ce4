#!/usr/bin/env bash
# jax-js 0.1.25 (device wasm) differentiates some functions into NaN where value and derivative are finite numbers; JAX
# gives the right one for each:
# - nn.silu below -88.7: x times the sigmoid written as 1 / (1 + exp(-x)), whose derivative is then infinity over infinity squared.
# - nn.selu above 88.7: the branch that `where` does not take is infinity, and its cotangent 0 makes NaN of it.
# - numpy.power(x, 2) at 0: by way of log(x). A square by numpy.square is right.
# - numpy.prod where one factor is 0: the product over the factor, 0 / 0.
# And nn.softplus(1000) is infinity, as log(1 + exp(x)); so nn.logSigmoid(-1000), a binary cross-entropy, is minus infinity.
# No issue of ekzhang/jax-js tells of these (searched in December 2026).
#
# Output seen:
#   silu(-90): 0, derivative NaN
#   selu(90): 94.563, derivative NaN
#   power(0, 2): 0, derivative NaN
#   square(0): 0, derivative 0
#   prod(0, 2, 3): 0, derivative NaN 0 0
#   softplus(1000): Infinity, derivative NaN
#   logSigmoid(-1000): -Infinity, derivative NaN
#
# Exits with 0 while that is so. Needs Node 20 or later and npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent @jax-js/jax@0.1.25
cat >run.mjs <<'JS'
import { defaultDevice, grad, init, nn, numpy as np } from '@jax-js/jax'

const cases = [
  ['silu(-90)', x => nn.silu(x), [-90]],
  ['selu(90)', x => nn.selu(x), [90]],
  ['power(0, 2)', x => np.power(x, np.array([2])), [0]],
  ['square(0)', x => np.square(x), [0]],
  ['prod(0, 2, 3)', x => np.prod(x), [0, 2, 3]],
  ['softplus(1000)', x => nn.softplus(x), [1000]],
  ['logSigmoid(-1000)', x => nn.logSigmoid(x), [-1000]],
]
await init('wasm')
defaultDevice('wasm')
const show = async array => [...(await array.data())].map(v => Number(v.toPrecision(5))).join(' ')
for (const [name, f, at] of cases) {
  const derivative = grad(x => np.sum(f(x)))
  console.log(`${name}: ${await show(f(np.array(at)))}, derivative ${await show(derivative(np.array(at)))}`)
}
JS
node run.mjs | tee seen
diff seen - <<'EXPECTED'
silu(-90): 0, derivative NaN
selu(90): 94.563, derivative NaN
power(0, 2): 0, derivative NaN
square(0): 0, derivative 0
prod(0, 2, 3): 0, derivative NaN 0 0
softplus(1000): Infinity, derivative NaN
logSigmoid(-1000): -Infinity, derivative NaN
EXPECTED
