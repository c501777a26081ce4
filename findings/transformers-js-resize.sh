#!/usr/bin/env bash
# @huggingface/transformers 4.3.2 in Node resizes pictures otherwise than Pillow, with 'bilinear' and 'bicubic', which most image
# processors ask for. Its source says of it: "This matches how the python Pillow library does it" (RawImage.resize). Pillow
# averages when it makes a picture smaller, and reads nothing beyond the edge when it makes one larger. Here each pixel is read at
# one point, so at half the size every other pixel is dropped; and beyond the edge all is black: at twice the size the last column
# and row are half black. A net fed so gets other pixels than in Python, fine patterns as moire, small crops with a dark edge.
# resample 1, lanczos, takes another way and is right. That embeddings differ from Python's was told, and closed without this
# cause: https://github.com/huggingface/transformers.js/issues/595; not found there otherwise (December 2026).
#
# To 112 x 112: 224 x 224 pixels of black and white columns, one pixel wide, and 56 x 56 pixels of an even grey, 200. Pillow 9.4.0
# gives 109 to 146 of the first, and 200 everywhere of the second. Output seen:
#   bilinear: columns 0 to 0; grey 200, its last column 100, its corner 50
#   bicubic: columns 0 to 0; grey 200, its last column 100, its corner 50
#   lanczos: columns 101 to 154; grey 200, its last column 200, its corner 200
#   ViTImageProcessor: columns 0 to 0; grey 200, its last column 100, its corner 50
#
# Exits with 0 while that is so. Needs Node 20 or later and npm; installs 475 MB.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent @huggingface/transformers@4.3.2 sharp@0.35.5
cat >run.mjs <<'JS'
import { RawImage, ViTImageProcessor } from '@huggingface/transformers'

const picture = (width, pixel) =>
  new RawImage(Uint8ClampedArray.from({ length: 3 * width * width }, (_, i) => pixel(Math.floor(i / 3) % width)), width, width, 3)
const columns = picture(224, x => (x % 2) * 255)
const grey = picture(56, () => 200)
const show = async (name, red) => {
  const [c, g] = [await red(columns), await red(grey)]
  const at = (y, x) => g[y * 112 + x]
  console.log(`${name}: columns ${Math.min(...c)} to ${Math.max(...c)}; grey ${at(56, 56)}, its last column ${at(56, 111)}, `
    + `its corner ${at(111, 111)}`)
}
for (const [name, resample] of Object.entries({ bilinear: 2, bicubic: 3, lanczos: 1 })) {
  await show(name, async image => (await image.resize(112, 112, { resample })).data.filter((_, i) => i % 3 === 0))
}
const processor = new ViTImageProcessor({ do_resize: true, size: { height: 112, width: 112 }, resample: 2, do_rescale: true,
  do_normalize: false })
await show('ViTImageProcessor', async image =>
  [...(await processor(image)).pixel_values.data.subarray(0, 112 * 112)].map(v => Math.round(v * 255)))
JS
node run.mjs | tee seen
diff seen - <<'EXPECTED'
bilinear: columns 0 to 0; grey 200, its last column 100, its corner 50
bicubic: columns 0 to 0; grey 200, its last column 100, its corner 50
lanczos: columns 101 to 154; grey 200, its last column 200, its corner 200
ViTImageProcessor: columns 0 to 0; grey 200, its last column 100, its corner 50
EXPECTED
