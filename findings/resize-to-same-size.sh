#!/usr/bin/env bash
# Two image libraries move a picture when they resize it, which shows best at its own size, where nothing should change:
# - image-js 1.7.0, 'bilinear' (the default) and 'bicubic': half a pixel of the result to the right and down, at every size. Its
#   matrix moves by factor / 2, where centres of pixels want factor / 2 - 1/2 (src/geometry/resize.ts).
# - jimp 1.6.1, 'bicubicInterpolation', 'hermiteInterpolation' and 'bezierInterpolation': it reads at x (w - 1) / w, so that the
#   picture is stretched by a pixel, and hardly anything of its last column and row is seen. Its default mode keeps the same size.
# A box or a landmark found on such a picture, or a net that was trained on another library's, is off by that. sharp 0.35.5
# leaves a picture of the same size as it is. Not found in the trackers of image-js and jimp (December 2026).
#
# 64 x 64 pixels, column x has the grey 3 x + 10: columns 0, 32 and 63 after one resize to 64 x 64, and after sixteen. Then a spot
# in the very middle, resized to 128 x 128: where its centre of gravity lies, which is 63.5. Output seen:
#   image-js nearest: 10 106 199; 10 106 199; middle 63.5
#   image-js bilinear: 10 104 198; 10 82 175; middle 64.0
#   image-js bicubic: 10 104 198; 10 82 176; middle 64.0
#   jimp default: 10 106 199; 10 106 199; middle 63.7
#   jimp bicubicInterpolation: 10 104 196; 10 74 152; middle 64.0
#   jimp hermiteInterpolation: 10 105 196; 10 90 157; middle 64.0
#   jimp bezierInterpolation: 10 105 196; 10 90 159; middle 64.0
#   sharp: 10 106 199; 10 106 199
#
# Exits with 0 while that is so. Needs Node 20 or later and npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent image-js@1.7.0 jimp@1.6.1 sharp@0.35.5
cat >run.mjs <<'JS'
import { Image } from 'image-js'
import { Jimp } from 'jimp'
import sharp from 'sharp'

const SIZE = 64
const picture = grey => {
  const rgba = Buffer.alloc(4 * SIZE * SIZE, 255)
  for (let i = 0; i < SIZE * SIZE; i++) rgba.fill(Math.round(grey(i % SIZE, Math.floor(i / SIZE))), 4 * i, 4 * i + 3)
  return rgba
}
const ramp = picture(x => 3 * x + 10)
const spot = picture((x, y) => 250 * Math.exp(-((x - 31.5) ** 2 + (y - 31.5) ** 2) / 50))

const imageJs = interpolationType => (rgba, from, to) =>
  new Image(from, from, { data: new Uint8Array(rgba), colorModel: 'RGBA' })
    .resize({ width: to, height: to, interpolationType }).getRawImage().data
const jimp = mode => (rgba, from, to) => {
  const image = Jimp.fromBitmap({ data: Buffer.from(new Uint8Array(rgba).buffer), width: from, height: from })
  return image.resize({ w: to, h: to, mode }).bitmap.data
}
const withSharp = (rgba, from, to) =>
  sharp(Buffer.from(rgba), { raw: { width: from, height: from, channels: 4 } }).resize(to, to).raw().toBuffer()

const columns = rgba => [0, 32, 63].map(x => rgba[4 * (32 * SIZE + x)]).join(' ')
const middle = rgba => {
  let [sum, moment] = [0, 0]
  for (let i = 0; i < rgba.length / 4; i++) {
    sum += rgba[4 * i]
    moment += (i % (2 * SIZE)) * rgba[4 * i]
  }
  return (moment / sum).toFixed(1)
}
const ways = {
  'image-js nearest': imageJs('nearest'),
  'image-js bilinear': imageJs('bilinear'),
  'image-js bicubic': imageJs('bicubic'),
  'jimp default': jimp(undefined),
  'jimp bicubicInterpolation': jimp('bicubicInterpolation'),
  'jimp hermiteInterpolation': jimp('hermiteInterpolation'),
  'jimp bezierInterpolation': jimp('bezierInterpolation'),
  sharp: withSharp,
}
for (const [name, resize] of Object.entries(ways)) {
  const once = await resize(ramp, SIZE, SIZE)
  let often = once
  for (let i = 1; i < 16; i++) often = await resize(often, SIZE, SIZE)
  const where = name === 'sharp' ? '' : `; middle ${middle(await resize(spot, SIZE, 2 * SIZE))}`
  console.log(`${name}: ${columns(once)}; ${columns(often)}${where}`)
}
JS
node run.mjs | tee seen
diff seen - <<'EXPECTED'
image-js nearest: 10 106 199; 10 106 199; middle 63.5
image-js bilinear: 10 104 198; 10 82 175; middle 64.0
image-js bicubic: 10 104 198; 10 82 176; middle 64.0
jimp default: 10 106 199; 10 106 199; middle 63.7
jimp bicubicInterpolation: 10 104 196; 10 74 152; middle 64.0
jimp hermiteInterpolation: 10 105 196; 10 90 157; middle 64.0
jimp bezierInterpolation: 10 105 196; 10 90 159; middle 64.0
sharp: 10 106 199; 10 106 199
EXPECTED
