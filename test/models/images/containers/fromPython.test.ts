import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeImage, recordIo, tarShards, verificationBin } from '../../../../models/images/index.ts'
import type { EncodedImages } from '../../../../models/index.ts'

const at = (name: string): string => join(import.meta.dirname, 'cases', name)
const pixels: number[][] = JSON.parse(readFileSync(at('pixels.json'), 'utf8'))

async function pixelsOf(images: EncodedImages): Promise<number[][]> {
  const read = Array.from({ length: images.length }, async (_, i) => {
    const { rgb } = decodeImage(await images.read(i), images.name(i))
    return [...rgb]
  })
  return Promise.all(read).finally(() => images.close())
}

const pickles = [0, 1, 2, 3, 4, 5].flatMap(protocol => [`bytes${protocol}.bin`, `arrays${protocol}.bin`])

test.each([...pickles, 'numpy1.bin'])("Python's %s has the same pixels and flags", async name => {
  const { images, pairs } = verificationBin(at(name), { folds: 2 })
  expect(pairs.map(({ same }) => same)).toEqual([true, false])
  expect(await pixelsOf(images)).toEqual(pixels)
})

test('a .rec has the same pixels and labels', async () => {
  const source = recordIo(at('train.rec'))
  expect([...source.labels]).toEqual([5, 5, 8, 8])
  expect(await pixelsOf(source)).toEqual(pixels)
})

test.each(['pax', 'gnu', 'ustar'])("Python's %s.tar has the same pixels and labels", async format => {
  const source = tarShards([at(`${format}.tar`)])
  expect([...source.labels]).toEqual([5, 5, 8, 8])
  expect(await pixelsOf(source)).toEqual(pixels)
})
