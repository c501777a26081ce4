#!/usr/bin/env bash
# apache-arrow 21.2.0 (JavaScript; 18.1.0 too) writes wrong numbers into columns of Float16, without an error:
# - A number that rounds up to a power of two comes out as half of it, if the power is an odd one: 0.49999 as 0.25, 1.9999 as 1.
#   The rounded significand is laid over the exponent by OR, in place of a sum, and its carry is lost. One of some 6,000 normal
#   numbers has it, so one of 13 embeddings of 512 numbers holds such a one.
# - From 65536 on, integers come out small, 65536 as 2 and 1000000 as 3.81, where infinity is right.
# - Below 3e-8, where 0 is right, anything may come out, 1e-8 as -Infinity, by a shift of more than 31 bits.
# It is float64ToUint16 in util/math; what reads, uint16ToFloat64, is right for all 65,536 halves. LanceDB 0.31.0 stores the same
# wrong numbers from makeArrowTable with vectors of Float16. Not found in the trackers of
# apache/arrow and apache/arrow-js (December 2026).
#
# Output seen, beside the rounding of @petamoriken/float16 3.9.3, which is IEEE 754's:
#   0.49999: 0.25; right 0.5
#   0.9999: 1; right 1
#   1.9999: 1; right 2
#   7.999: 4; right 8
#   65520: Infinity; right Infinity
#   65536: 2; right Infinity
#   1000000: 3.814453125; right Infinity
#   1e-8: -Infinity; right 0
#   1e-10: 0.00005316734313964844; right 0
#   of 200000 normal numbers of deviation 0.05: 31 halved, 0 otherwise wrong
#
# Exits with 0 while that is so. Needs Node 20 or later and npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent apache-arrow@21.2.0 @petamoriken/float16@3.9.3
cat >run.mjs <<'JS'
import { f16round } from '@petamoriken/float16'
import { Float16, vectorFromArray } from 'apache-arrow'

const stored = numbers => [...vectorFromArray(numbers, new Float16())]
for (const number of [0.49999, 0.9999, 1.9999, 7.999, 65520, 65536, 1000000, 1e-8, 1e-10]) {
  console.log(`${number}: ${stored([number])[0]}; right ${f16round(number)}`)
}

// The generator of Numerical Recipes, so that each run has the same numbers.
let state = 1
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const numbers = Array.from({ length: 200000 }, () => 0.05 * normal())
const wrong = stored(numbers).flatMap((half, i) => (half === f16round(numbers[i]) ? [] : [half / f16round(numbers[i])]))
const halved = wrong.filter(ratio => ratio === 0.5).length
console.log(`of 200000 normal numbers of deviation 0.05: ${halved} halved, ${wrong.length - halved} otherwise wrong`)
JS
node run.mjs | tee seen
diff seen - <<'EXPECTED'
0.49999: 0.25; right 0.5
0.9999: 1; right 1
1.9999: 1; right 2
7.999: 4; right 8
65520: Infinity; right Infinity
65536: 2; right Infinity
1000000: 3.814453125; right Infinity
1e-8: -Infinity; right 0
1e-10: 0.00005316734313964844; right 0
of 200000 normal numbers of deviation 0.05: 31 halved, 0 otherwise wrong
EXPECTED
