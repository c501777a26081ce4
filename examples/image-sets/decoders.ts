/** How far the builtin decoder is from sharp, on photos of yours: `npx tsx examples/image-sets/decoders.ts photo.jpg ..` */
import { readFileSync } from 'node:fs'
import { decodeImage, resize } from '../../models/images/index.ts'

/** To what size images are brought for the second figure. */
const SIDE = 32

const files = process.argv.slice(2)
if (files.length === 0) throw new Error('decoders: JPEG files expected as arguments, got none')

/** The mean and the largest difference of two images, in levels of 255. */
function levels(a: ArrayLike<number>, b: ArrayLike<number>): string {
  const off = Array.from(a, (v, i) => Math.abs(v - b[i]))
  const mean = off.reduce((sum, v) => sum + v, 0) / off.length
  return `${mean.toFixed(2)} on average, ${off.reduce((most, v) => Math.max(most, v), 0).toFixed(1)} at most`
}

for (const file of files) {
  const bytes = readFileSync(file)
  const [ours, theirs] = (['builtin', 'sharp'] as const).map(decoder => {
    decodeImage(bytes, file, { decoder }) // once before the clock starts: sharp's thread, compiled code
    const start = performance.now()
    const image = decodeImage(bytes, file, { decoder })
    const ms = performance.now() - start
    return { image, rgb: image.rgb, small: resize(image, SIDE, SIDE), ms }
  })
  console.log(
    `${file}: ${ours.image.width} x ${ours.image.height}, builtin and sharp apart, in levels of 255:`,
  )
  console.log(`  as it is: ${levels(ours.rgb, theirs.rgb)}`)
  console.log(`  resized to ${SIDE} x ${SIDE}: ${levels(ours.small, theirs.small)}`)
  console.log(`  time: builtin ${ours.ms.toFixed(0)} ms, sharp ${theirs.ms.toFixed(0)} ms`)
}
