#!/bin/sh
# pngjs 7.0.0 changes the colours of a PNG that has a colour key. A grey or RGB PNG may name one colour as transparent (tRNS); the
# standard (w3.org/TR/png-3, 11.3.1.1) makes those pixels transparent and leaves their colour alone, and so do sharp and libpng.
# pngjs also sets their red, green and blue to 0: whoever drops alpha, as nets that take RGB do, reads a white background as
# black. Nothing says so, and images with an alpha channel or a palette keep the colours under it.
#
# Valid input: 4 x 1 pixels, 8 bits grey, 255 0 255 128, key 255. Output seen:
#   pngjs 0 0 0 128
#   sharp 255 0 255 128
# Exits non-zero when that changes.
set -eu
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
cd "$home"
npm init -y > /dev/null
npm install --no-audit --no-fund --ignore-scripts pngjs@7.0.0 sharp@0.35.5 > /dev/null 2>&1
cat > key.mjs <<'JS'
import { crc32, deflateSync } from 'node:zlib'
import { PNG } from 'pngjs'
import sharp from 'sharp'

const chunk = (name, content) => {
  const body = Buffer.concat([Buffer.from(name), Buffer.from(content)])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(content.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
const file = Buffer.concat([
  Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
  chunk('IHDR', [0, 0, 0, 4, 0, 0, 0, 1, 8, 0, 0, 0, 0]),
  chunk('tRNS', [0, 255]),
  chunk('IDAT', deflateSync(Buffer.from([0, 255, 0, 255, 128]))),
  chunk('IEND', []),
])
const reds = (pixels, step) => Array.from({ length: 4 }, (_, i) => pixels[step * i]).join(' ')
const theirs = await sharp(file).removeAlpha().raw().toBuffer()
console.log('pngjs', reds(PNG.sync.read(file).data, 4))
console.log('sharp', reds(theirs, theirs.length / 4))
JS
seen=$(node key.mjs)
echo "$seen"
[ "$seen" = "$(printf 'pngjs 0 0 0 128\nsharp 255 0 255 128')" ]
