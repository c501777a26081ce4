import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import jpeg from 'jpeg-js'
import { generator } from '../../../engine/index.ts'
import { drawCapture } from '../draw/capture.ts'
import { drawIdentity } from '../draw/identity.ts'
import { render, SIDE } from '../draw/render.ts'

/** Draws `count` images of the person of this seed as JPEG files 000.jpg, 001.jpg, .. of the folder, unless it is there: it gets its name when it is whole. */
export function drawPerson(folder: string, seed: number, count: number): void {
  if (existsSync(folder)) return
  const draft = `${folder}.tmp`
  mkdirSync(draft, { recursive: true })
  const rng = generator(seed)
  const identity = drawIdentity(rng)
  for (let i = 0; i < count; i++) {
    const capture = drawCapture(rng)
    writeFileSync(join(draft, imageName(i)), encoded(render(identity, capture, rng), capture.quality))
  }
  renameSync(draft, folder)
}

export const imageName = (i: number): string => `${String(i).padStart(3, '0')}.jpg`

function encoded(rgb: Uint8Array, quality: number): Uint8Array {
  const data = new Uint8Array(SIDE * SIDE * 4)
  for (let i = 0; i < SIDE * SIDE; i++) {
    data[4 * i] = rgb[3 * i]
    data[4 * i + 1] = rgb[3 * i + 1]
    data[4 * i + 2] = rgb[3 * i + 2]
    data[4 * i + 3] = 255
  }
  return jpeg.encode({ data, width: SIDE, height: SIDE }, quality).data
}
