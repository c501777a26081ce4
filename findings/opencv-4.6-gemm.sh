#!/usr/bin/env bash
# OpenCV 4.6.0 (opencv-js 4.6.0-release.1; Debian 12 has the same version) takes the attribute transB of an ONNX Gemm node,
# where it is absent, for 1; ONNX says 0. With a constant B of [in,out] and in = out nothing tells: the output is x B' in place
# of x B. Where transB stands in the file, as 0 or as 1, it is right. onnxruntime-web 1.30.0 is right for all three.
#
# Output seen (x = [1, 0], B = [[1, 2], [3, 4]], so that x B = [1, 2]):
#   transB absent: OpenCV 1,3; onnxruntime 1,2
#   transB 0: OpenCV 1,2; onnxruntime 1,2
#   transB 1 (B stored transposed): OpenCV 1,2; onnxruntime 1,2
#
# Exits with 0 while that is so. Needs Node 20 or later and npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent @techstark/opencv-js@4.6.0-release.1 onnxruntime-web@1.30.0
cat >run.mjs <<'JS'
import { createRequire } from 'node:module'
import * as ort from 'onnxruntime-web'

// The little of protobuf that a model takes: fields of a number, of bytes, and of a message.
const varint = n => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)])
const int = (field, n) => [...varint(field * 8), ...varint(n)]
const bytes = (field, list) => [...varint(field * 8 + 2), ...varint(list.length), ...list]
const text = (field, s) => bytes(field, [...Buffer.from(s)])
const FLOAT = 1

const value = name =>
  [...text(1, name), ...bytes(2, bytes(1, [...int(1, FLOAT), ...bytes(2, [1, 2].flatMap(n => bytes(1, int(1, n))))]))]
const constant = (name, shape, values) =>
  [...bytes(1, shape), ...int(2, FLOAT), ...text(8, name), ...bytes(9, [...Buffer.from(Float32Array.from(values).buffer)])]
const model = (transB, b) => {
  const attribute = transB === undefined ? [] : bytes(5, [...text(1, 'transB'), ...int(3, transB), ...int(20, 2)])
  const node = [...text(1, 'x'), ...text(1, 'B'), ...text(2, 'y'), ...text(4, 'Gemm'), ...attribute]
  const graph = [...bytes(1, node), ...text(2, 'g'), ...bytes(5, constant('B', [2, 2], b)),
    ...bytes(11, value('x')), ...bytes(12, value('y'))]
  return Uint8Array.from([...int(1, 7), ...bytes(7, graph), ...bytes(8, [...text(1, ''), ...int(2, 13)])])
}

const cv = createRequire(import.meta.url)('@techstark/opencv-js')
await new Promise(resolve => { cv.onRuntimeInitialized = () => resolve() })
ort.env.wasm.numThreads = 1

let same = true
const cases = [
  ['transB absent', undefined, [1, 2, 3, 4], '1,3'],
  ['transB 0', 0, [1, 2, 3, 4], '1,2'],
  ['transB 1 (B stored transposed)', 1, [1, 3, 2, 4], '1,2'],
]
for (const [name, transB, b, seen] of cases) {
  const file = model(transB, b)
  cv.FS_createDataFile('/', 'net.onnx', file, true, true, true)
  const net = cv.readNetFromONNX('/net.onnx')
  const x = new cv.Mat(1, 2, cv.CV_32F)
  x.data32F.set([1, 0])
  net.setInput(x)
  const theirs = [...net.forward().data32F].join()
  cv.FS_unlink('/net.onnx')
  const session = await ort.InferenceSession.create(file)
  const { y } = await session.run({ x: new ort.Tensor('float32', [1, 0], [1, 2]) })
  console.log(`${name}: OpenCV ${theirs}; onnxruntime ${[...y.data].join()}`)
  same &&= theirs === seen && [...y.data].join() === '1,2'
}
console.log(same ? 'as described' : 'NOT as described any more')
process.exit(same ? 0 : 1)
JS
node run.mjs
