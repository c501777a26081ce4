#!/usr/bin/env bash
# tiny-inflate 1.0.3 refuses a stored block of deflate whose three header bits end on a byte, with "Data error". It reads ahead
# by whole bytes, and before a stored block gives them back `while (d.bitcount > 8)`: where the bits left are a multiple of
# 8, one byte too few, and the block's length is read one byte late. RFC 1951, 3.2.4: the length follows at the next byte
# boundary, which here is where the header ends. With >= in place of > all below is read. opentype.js 2.0.0 bundles it, and
# so does not read some valid WOFF fonts. Known, without a cause: https://github.com/foliojs/tiny-inflate/issues/4 (2018).
#
# Valid input: a block of fixed codes with n bytes of 200 (3 + 9 n + 7 bits), then a stored block 7, 9; and a WOFF file, each of
# whose compressed tables zlib inflates to the length that its directory states. Output seen:
#   header ends at bit 7: zlib 200,200,7,9; tiny-inflate 200,200,7,9
#   header ends at bit 0: zlib 200,200,200,7,9; tiny-inflate Data error
#   header ends at bit 1: zlib 200,200,200,200,7,9; tiny-inflate 200,200,200,200,7,9
#   arimo-latin-ext-600-italic.woff: zlib 13 of 13 compressed tables; opentype.js Data error
#
# Exits with 0 while that is so. Needs Node 20 or later and npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent tiny-inflate@1.0.3 opentype.js@2.0.0 @fontsource/arimo@5.3.0
cat >run.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { inflateRawSync, inflateSync } from 'node:zlib'
import opentype from 'opentype.js'
import inflate from 'tiny-inflate'

const attempt = run => {
  try {
    return run()
  } catch (error) {
    return error.message
  }
}

for (const n of [2, 3, 4]) {
  const bits = []
  // Numbers begin with their lowest bit, Huffman codes with their highest.
  const number = (length, value) => { for (let i = 0; i < length; i++) bits.push((value >> i) & 1) }
  const code = (length, value) => { for (let i = length - 1; i >= 0; i--) bits.push((value >> i) & 1) }
  number(1, 0)
  number(2, 1)
  for (let i = 0; i < n; i++) code(9, 0b110010000 + 200 - 144)
  code(7, 0)
  number(1, 1)
  number(2, 0)
  const end = bits.length % 8
  while (bits.length % 8 > 0) bits.push(0)
  number(16, 2)
  number(16, 0xffff - 2)
  number(8, 7)
  number(8, 9)
  const file = Uint8Array.from({ length: bits.length / 8 }, (_, i) => parseInt(bits.slice(8 * i, 8 * i + 8).reverse().join(''), 2))
  const theirs = attempt(() => inflate(file, new Uint8Array(n + 2)).join())
  console.log(`header ends at bit ${end}: zlib ${[...inflateRawSync(file)]}; tiny-inflate ${theirs}`)
}

const name = 'arimo-latin-ext-600-italic.woff'
const font = readFileSync(`node_modules/@fontsource/arimo/files/${name}`)
const tables = Array.from({ length: font.readUInt16BE(12) }, (_, i) =>
  [4, 8, 12].map(skip => font.readUInt32BE(44 + 20 * i + skip)),
).filter(([, stored, length]) => stored < length)
const whole = tables.filter(([at, stored, length]) => inflateSync(font.subarray(at, at + stored)).length === length)
const read = attempt(() => `${opentype.parse(font.buffer.slice(font.byteOffset, font.byteOffset + font.length)).numGlyphs} glyphs`)
console.log(`${name}: zlib ${whole.length} of ${tables.length} compressed tables; opentype.js ${read}`)
JS
node run.mjs | tee seen
diff seen - <<'EXPECTED'
header ends at bit 7: zlib 200,200,7,9; tiny-inflate 200,200,7,9
header ends at bit 0: zlib 200,200,200,7,9; tiny-inflate Data error
header ends at bit 1: zlib 200,200,200,200,7,9; tiny-inflate 200,200,200,200,7,9
arimo-latin-ext-600-italic.woff: zlib 13 of 13 compressed tables; opentype.js Data error
EXPECTED
