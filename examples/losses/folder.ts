import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { generator } from '../../engine/index.ts'
import { writeWhole } from '../../models/node/writeWhole.ts'
import { draw, SIDE } from './draw.ts'
import { SHAPES, type Shape, STRANGERS } from './shapes.ts'

/** Training images of the classes, the largest first. Which shape has how many, the seed decides. */
export const SIZES = [40, 33, 27, 22, 18, 14, 12, 10, 8, 6, 5, 4]
/** Test images of each class, and images of each kind that is never trained on. */
const [TEST, STRANGE] = [30, 25]

/** Written last: what has it is whole. */
const MARK = 'shapes.json'

/**
 * The set of the seed as folders of PNG files with a folder a kind: `train` and `test` of the same kinds, and `strangers` of others;
 * written unless it is there. Throws, with the folder and the reason, where that cannot be.
 */
export function shapesFolder(folder: string, seed: number): string {
  if (existsSync(join(folder, MARK))) return folder
  try {
    drawInto(folder, seed)
  } catch (error) {
    throw new Error(`${folder}: not written: ${(error as Error).message}`, { cause: error })
  }
  return folder
}

function drawInto(folder: string, seed: number): void {
  const rng = generator(seed)
  const order = rng.permutation(SIZES.length)
  const sizes = Object.keys(SHAPES).map((_, j) => SIZES[order[j]])
  const write = (part: string, [name, shape]: [string, Shape], count: number): void => {
    const path = join(folder, part, name)
    mkdirSync(path, { recursive: true })
    for (let i = 0; i < count; i++) {
      writeFileSync(join(path, `${String(i).padStart(2, '0')}.png`), encoded(draw(shape, rng)))
    }
  }
  Object.entries(SHAPES).forEach((kind, j) => {
    write('train', kind, sizes[j])
    write('test', kind, TEST)
  })
  for (const kind of Object.entries(STRANGERS)) write('strangers', kind, STRANGE)
  writeWhole(join(folder, MARK), `${JSON.stringify({ seed, sizes })}\n`)
}

function encoded(rgb: Uint8Array): Buffer {
  const image = new PNG({ width: SIDE, height: SIDE })
  for (let i = 0; i < SIDE * SIDE; i++) image.data.set([...rgb.subarray(3 * i, 3 * i + 3), 255], 4 * i)
  return PNG.sync.write(image, { colorType: 2 })
}
