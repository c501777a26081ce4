import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { decodeImage, imageDecoder, imageFolder, readImages } from '../../../models/images/index.ts'
import { jpegOf, pngOf, write } from '../../support/imageFiles.ts'
import { temporaryFolder } from '../../support/temporaryFolder.ts'

/** Where sharp is found; undefined: nowhere. */
const found = vi.hoisted(() => ({ at: undefined as string | undefined }))
vi.mock('node:module', async original => {
  const { createRequire } = await original<typeof import('node:module')>()
  return {
    createRequire: (url: string) => ({
      resolve: (name: string) => {
        if (name !== 'sharp') return createRequire(url).resolve(name)
        if (found.at === undefined) throw new Error('MODULE_NOT_FOUND')
        return found.at
      },
    }),
  }
})

const gif = Uint8Array.from('GIF89a', c => c.charCodeAt(0))

describe('where sharp is not installed', () => {
  test('auto is the builtin decoder, and sharp by name an error', () => {
    expect([imageDecoder(), imageDecoder('builtin')]).toEqual(['builtin', 'builtin'])
    expect(() => imageDecoder('sharp')).toThrow(/needs the package of that name: npm install sharp/)
    expect(() => decodeImage(gif, 'a.gif', { decoder: 'sharp' })).toThrow(/npm install sharp/)
  })

  test('PNG and JPEG are read, and what else there is says what it takes', () => {
    const root = temporaryFolder()
    write(
      join(root, 'a/1.png'),
      pngOf(8, 8, () => [9, 8, 7]),
    )
    write(
      join(root, 'b/1.jpg'),
      jpegOf(8, 8, () => [9, 9, 9]),
    )
    const { train } = imageFolder(root)
    expect(readImages(train.files).shape).toEqual([2, 8, 8, 3])
    expect(() => decodeImage(gif, 'a.gif')).toThrow(
      'a.gif: a PNG or JPEG expected, got GIF (WebP, AVIF, GIF and TIFF are read by sharp, npm install sharp)',
    )
    write(join(root, 'b/2.webp'), '')
    expect(() => imageFolder(root)).toThrow(/PNG or JPEG files expected, got .*2\.webp$/)
  })
})

describe('where it is installed and does not load', () => {
  test('its reason is said: nothing else decodes in its place unless asked for', () => {
    const folder = temporaryFolder()
    mkdirSync(folder, { recursive: true })
    found.at = join(folder, 'sharp.js')
    write(found.at, "throw new Error('no such processor')")
    const jpeg = jpegOf(8, 8, () => [9, 9, 9])
    expect(() => decodeImage(jpeg, 'a.jpg', { decoder: 'sharp' })).toThrow(
      /sharp is installed and does not load: no such processor\n\(decoder: 'builtin' reads PNG and JPEG without it\)/,
    )
    expect(decodeImage(jpeg, 'a.jpg', { decoder: 'builtin' }).width).toBe(8)
  })
})
