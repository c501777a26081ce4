#!/usr/bin/env bash
# OpenCV passes over two attributes of ONNX pools and says nothing: count_include_pad of AveragePool (4.6.0, 4.12.0) and
# dilations of MaxPool (4.6.0, 4.12.0), which gives another size too (opencv-js 4.6.0-release.1 and 4.12.0-release.1; Debian 12
# has 4.6.0). onnxruntime-web 1.30.0 is right.
#
# Output seen (a 4 x 4 image of ones under AveragePool of kernel 3, pads 1, count_include_pad 1: the corner is 4/9; the
# numbers 0 to 15 under MaxPool of kernel 2, dilations 2: 10,11,14,15):
#   AveragePool, corner: OpenCV 4.6 1.0000; onnxruntime 0.4444
#   MaxPool: OpenCV 4.6 5,6,7,9,10,11,13,14,15; onnxruntime 10,11,14,15
#   AveragePool, corner: OpenCV 4.12 1.0000; onnxruntime 0.4444
#   MaxPool: OpenCV 4.12 5,6,7,9,10,11,13,14,15; onnxruntime 10,11,14,15
#
# Exits with 0 while that is so. Needs Node 20 or later and npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent \
  opencv-4.6@npm:@techstark/opencv-js@4.6.0-release.1 opencv-4.12@npm:@techstark/opencv-js@4.12.0-release.1 onnxruntime-web@1.30.0
cat >run.mjs <<'JS'
import { createRequire } from 'node:module'
import * as ort from 'onnxruntime-web'

// The little of protobuf that a model takes: fields of a number, of bytes, and of a message.
const varint = n => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)])
const int = (field, n) => [...varint(field * 8), ...varint(n)]
const bytes = (field, list) => [...varint(field * 8 + 2), ...varint(list.length), ...list]
const text = (field, s) => bytes(field, [...Buffer.from(s)])
const FLOAT = 1

const value = (name, shape) =>
  [...text(1, name), ...bytes(2, bytes(1, [...int(1, FLOAT), ...bytes(2, shape.flatMap(n => bytes(1, int(1, n))))]))]
const ints = (name, list) => bytes(5, [...text(1, name), ...bytes(8, list), ...int(20, 7)])
const model = (op, attributes, size) => {
  const node = [...text(1, 'x'), ...text(2, 'y'), ...text(4, op), ...attributes]
  const graph = [...bytes(1, node), ...text(2, 'g'), ...bytes(11, value('x', [1, 1, 4, 4])),
    ...bytes(12, value('y', [1, 1, size, size]))]
  return Uint8Array.from([...int(1, 7), ...bytes(7, graph), ...bytes(8, [...text(1, ''), ...int(2, 13)])])
}
const average = model('AveragePool', [...ints('kernel_shape', [3, 3]), ...ints('pads', [1, 1, 1, 1]),
  ...bytes(5, [...text(1, 'count_include_pad'), ...int(3, 1), ...int(20, 2)])], 4)
const largest = model('MaxPool', [...ints('kernel_shape', [2, 2]), ...ints('dilations', [2, 2])], 2)
const cases = [
  ['AveragePool, corner', average, Array(16).fill(1), y => (+y[0]).toFixed(4), '1.0000', '0.4444'],
  ['MaxPool', largest, Array.from({ length: 16 }, (_, i) => i), y => y.join(), '5,6,7,9,10,11,13,14,15', '10,11,14,15'],
]

ort.env.wasm.numThreads = 1
let same = true
for (const version of ['4.6', '4.12']) {
  const cv = createRequire(import.meta.url)(`opencv-${version}`)
  await new Promise(resolve => { cv.onRuntimeInitialized = () => resolve() })
  for (const [name, file, values, show, seen, right] of cases) {
    cv.FS_createDataFile('/', 'net.onnx', file, true, true, true)
    const net = cv.readNetFromONNX('/net.onnx')
    const image = new cv.Mat(4, 4, cv.CV_32F)
    image.data32F.set(values)
    net.setInput(cv.blobFromImage(image, 1, new cv.Size(4, 4), new cv.Scalar(), false, false, cv.CV_32F))
    const theirs = show([...net.forward().data32F])
    cv.FS_unlink('/net.onnx')
    const session = await ort.InferenceSession.create(file)
    const { y } = await session.run({ x: new ort.Tensor('float32', values, [1, 1, 4, 4]) })
    console.log(`${name}: OpenCV ${version} ${theirs}; onnxruntime ${show([...y.data])}`)
    same &&= theirs === seen && show([...y.data]) === right
  }
}
console.log(same ? 'as described' : 'NOT as described any more')
process.exit(same ? 0 : 1)
JS
node run.mjs
