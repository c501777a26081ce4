#!/usr/bin/env bash
# TensorFlow.js 4.22.0 (backend cpu) has gradients that are not those of its own forward pass, without an error:
# - avgPool with padding: the forward divides by how many numbers of the image a window holds, the gradient by the window's size.
#   It is too small at borders, in the layer averagePooling2d({ padding: 'same' }) too.
# - mirrorPad: the gradient is cut out as that of zero padding; what the mirrored copies bring is lost.
# - resizeNearestNeighbor (and the layer upSampling2d) of a batch: for each image but the first the kernel reads the output's
#   gradient at the offset of the smaller input, so from another image. For one image it is right.
# - resizeBilinear and resizeNearestNeighbor with halfPixelCenters: the gradient is the one without.
# - losses.softmaxCrossEntropy, for the labels (those of a teacher that learns too): labels - softmax, where it is -log softmax.
# No issue of tensorflow/tfjs tells of these (searched in December 2026).
#
# Each line: what tf.grad gives for the sum of k times the k-th output, then central differences of the same forward, which are
# exact but for rounding: all are linear between the points. Output seen:
#   avgPool, 2 of 3 numbers, same: 0.5 0.5 1; differences 0.5 0.5 2
#   mirrorPad, reflect: 2 3 4; differences 2 9 4
#   upSampling of an image: 14 22 46 54; differences 14 22 46 54
#   upSampling of two images: 3 7 7 11; differences 3 7 11 15
#   resizeBilinear: 6 17 38 75; differences 6 17 38 75
#   resizeBilinear, halfPixelCenters: 6 17 38 75; differences 16.5 23.5 44.5 51.5
#   resizeNearestNeighbor: 3 7 5; differences 3 7 5
#   resizeNearestNeighbor, halfPixelCenters: 3 7 5; differences 3 3 9
#   softmaxCrossEntropy, of the labels: 0.11 0.0553 -0.165; differences 2.41 1.41 0.408
#
# Exits with 0 while that is so. Needs Node 20 or later and npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent @tensorflow/tfjs@4.22.0
cat >run.mjs <<'JS'
import * as tf from '@tensorflow/tfjs'

await tf.setBackend('cpu')

const compare = (name, values, shape, forward) => {
  const loss = x => {
    const y = tf.reshape(forward(x), [-1])
    return tf.sum(tf.mul(y, tf.range(1, y.size + 1)))
  }
  const at = (i, d) => loss(tf.tensor(values.map((v, j) => (j === i ? v + d : v)), shape)).dataSync()[0]
  const differences = values.map((_, i) => 4 * (at(i, 1 / 8) - at(i, -1 / 8)))
  const show = list => [...list].map(v => Number(v.toPrecision(3))).join(' ')
  console.log(`${name}: ${show(tf.grad(loss)(tf.tensor(values, shape)).dataSync())}; differences ${show(differences)}`)
}
const { resizeBilinear, resizeNearestNeighbor } = tf.image
compare('avgPool, 2 of 3 numbers, same', [3, 1, 2], [1, 1, 3, 1], x => tf.avgPool(x, [1, 2], [1, 2], 'same'))
compare('mirrorPad, reflect', [3, 1, 2], [3], x => tf.mirrorPad(x, [[1, 1]], 'reflect'))
compare('upSampling of an image', [1, 2, 3, 4], [1, 2, 2, 1], x => resizeNearestNeighbor(x, [4, 4]))
compare('upSampling of two images', [1, 2, 3, 4], [2, 1, 2, 1], x => resizeNearestNeighbor(x, [1, 4]))
for (const half of [false, true]) {
  const name = half ? ', halfPixelCenters' : ''
  compare(`resizeBilinear${name}`, [1, 2, 3, 4], [1, 2, 2, 1], x => resizeBilinear(x, [4, 4], false, half))
}
for (const half of [false, true]) {
  const name = half ? ', halfPixelCenters' : ''
  compare(`resizeNearestNeighbor${name}`, [1, 2, 3], [1, 1, 3, 1], x => resizeNearestNeighbor(x, [1, 5], false, half))
}
compare('softmaxCrossEntropy, of the labels', [0.2, 0.3, 0.5], [1, 3],
  labels => tf.losses.softmaxCrossEntropy(labels, tf.tensor2d([[1, 2, 3]])))
JS
node run.mjs 2>/dev/null | tee seen
diff seen - <<'EXPECTED'
avgPool, 2 of 3 numbers, same: 0.5 0.5 1; differences 0.5 0.5 2
mirrorPad, reflect: 2 3 4; differences 2 9 4
upSampling of an image: 14 22 46 54; differences 14 22 46 54
upSampling of two images: 3 7 7 11; differences 3 7 11 15
resizeBilinear: 6 17 38 75; differences 6 17 38 75
resizeBilinear, halfPixelCenters: 6 17 38 75; differences 16.5 23.5 44.5 51.5
resizeNearestNeighbor: 3 7 5; differences 3 7 5
resizeNearestNeighbor, halfPixelCenters: 3 7 5; differences 3 3 9
softmaxCrossEntropy, of the labels: 0.11 0.0553 -0.165; differences 2.41 1.41 0.408
EXPECTED
