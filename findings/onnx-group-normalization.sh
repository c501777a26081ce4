#!/usr/bin/env bash
# ONNX defines GroupNormalization by other operators, with the variance as mean(x^2) - mean(x)^2 (the function bodies of opsets 18
# and 21, onnx/defs/nn/defs.cc). In float32 nothing of it is left where the mean is large beside the deviation. onnxruntime-web
# 1.30.0 has no kernel of GroupNormalization on the CPU and runs that body, and so does onnxruntime-node: numbers of deviation 1
# around 100 come out half a per cent wrong, around 1,000 by a quarter, around 30,000 as NaN, the root of a negative variance.
# InstanceNormalization of the same numbers as [N,groups,..] says the same and subtracts the mean first: there, what float32
# keeps of x is what is left. Not found in the trackers of onnx and onnxruntime (December 2026); LayerNormalization, whose
# body is alike, has a kernel, mended in 2026: https://github.com/microsoft/onnxruntime/issues/28463.
#
# 1,024 numbers in two groups; the largest error beside float64 of the same x. Output seen:
#   mean 0, GroupNormalization 18: 4.1e-7
#   mean 0, GroupNormalization 21: 4.1e-7
#   mean 0, InstanceNormalization: 7.9e-7
#   mean 100, GroupNormalization 18: 6.2e-3
#   mean 100, GroupNormalization 21: 6.2e-3
#   mean 100, InstanceNormalization: 1.6e-5
#   mean 1000, GroupNormalization 18: 2.6e-1
#   mean 1000, GroupNormalization 21: 2.6e-1
#   mean 1000, InstanceNormalization: 1.9e-4
#   mean 30000, GroupNormalization 18: NaN
#   mean 30000, GroupNormalization 21: NaN
#   mean 30000, InstanceNormalization: 1.1e-2
#
# Exits with 0 while that is so. Needs Node 20 or later and npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent onnxruntime-web@1.30.0
cat >run.mjs <<'JS'
import * as ort from 'onnxruntime-web'

// The little of protobuf that a model takes: fields of a number, of bytes, and of a message.
const varint = n => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)])
const int = (field, n) => [...varint(field * 8), ...varint(n)]
const bytes = (field, list) => [...varint(field * 8 + 2), ...varint(list.length), ...list]
const text = (field, s) => bytes(field, [...Buffer.from(s)])
const FLOAT = 1

const value = (name, shape) =>
  [...text(1, name), ...bytes(2, bytes(1, [...int(1, FLOAT), ...bytes(2, shape.flatMap(n => bytes(1, int(1, n))))]))]
const constant = (name, list) =>
  [...int(1, list.length), ...int(2, FLOAT), ...text(8, name), ...bytes(9, [...Buffer.from(Float32Array.from(list).buffer)])]
const model = (op, shape, opset, scales, attributes) => {
  const node = [...text(1, 'x'), ...text(1, 'scale'), ...text(1, 'bias'), ...text(2, 'y'), ...text(4, op), ...attributes]
  const graph = [...bytes(1, node), ...text(2, 'g'), ...bytes(5, constant('scale', Array(scales).fill(1))),
    ...bytes(5, constant('bias', Array(scales).fill(0))), ...bytes(11, value('x', shape)), ...bytes(12, value('y', shape))]
  return Uint8Array.from([...int(1, 8), ...bytes(7, graph), ...bytes(8, [...text(1, ''), ...int(2, opset)])])
}
const groups = bytes(5, [...text(1, 'num_groups'), ...int(3, 2), ...int(20, 2)])
const models = {
  'GroupNormalization 18': [model('GroupNormalization', [1, 4, 16, 16], 18, 2, groups), [1, 4, 16, 16]],
  'GroupNormalization 21': [model('GroupNormalization', [1, 4, 16, 16], 21, 4, groups), [1, 4, 16, 16]],
  InstanceNormalization: [model('InstanceNormalization', [1, 2, 512, 1], 17, 2, []), [1, 2, 512, 1]],
}

// The generator of Numerical Recipes, so that each run has the same numbers.
let state = 1
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
const noise = Array.from({ length: 1024 }, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()))

ort.env.wasm.numThreads = 1
ort.env.logLevel = 'fatal'
const mean = list => list.reduce((sum, v) => sum + v, 0) / list.length
for (const center of [0, 100, 1000, 30000]) {
  const x = Float32Array.from(noise, v => center + v)
  const right = [0, 512].flatMap(from => {
    const group = [...x.subarray(from, from + 512)]
    const m = mean(group)
    const deviation = Math.sqrt(mean(group.map(v => (v - m) ** 2)) + 1e-5)
    return group.map(v => (v - m) / deviation)
  })
  for (const [name, [file, shape]] of Object.entries(models)) {
    const { y } = await (await ort.InferenceSession.create(file)).run({ x: new ort.Tensor('float32', x, shape) })
    const error = Math.max(...right.map((v, i) => Math.abs(v - y.data[i])))
    console.log(`mean ${center}, ${name}: ${error.toExponential(1)}`)
  }
}
JS
node run.mjs 2>/dev/null | tee seen
diff seen - <<'EXPECTED'
mean 0, GroupNormalization 18: 4.1e-7
mean 0, GroupNormalization 21: 4.1e-7
mean 0, InstanceNormalization: 7.9e-7
mean 100, GroupNormalization 18: 6.2e-3
mean 100, GroupNormalization 21: 6.2e-3
mean 100, InstanceNormalization: 1.6e-5
mean 1000, GroupNormalization 18: 2.6e-1
mean 1000, GroupNormalization 21: 2.6e-1
mean 1000, InstanceNormalization: 1.9e-4
mean 30000, GroupNormalization 18: NaN
mean 30000, GroupNormalization 21: NaN
mean 30000, InstanceNormalization: 1.1e-2
EXPECTED
