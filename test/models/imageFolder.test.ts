import { mkdirSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ImageFolderOptions, imageFolder, readImages } from '../../models/images/index.ts'
import { jpegOf, pngOf, write } from '../support/imageFiles.ts'
import { check } from '../support/property.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'

const home = temporaryFolder()
let folders = 0

/** A folder of empty files of those names. */
function folderOf(files: readonly string[]): string {
  const root = join(home, String(folders++))
  mkdirSync(root)
  for (const file of files) write(join(root, file), '')
  return root
}

/** How many images each class has. */
const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 5 })
const namesOf = (counts: readonly number[]): string[] =>
  counts.flatMap((n, j) =>
    Array.from({ length: n }, (_, i) => `class${j}/${i}.${['png', 'jpg', 'JPEG'][i % 3]}`),
  )

describe('a folder of images, one folder a class', () => {
  test('every image is in one part, under its folder’s class; no class leaves training', () => {
    check(
      fc.property(sizes, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (counts, share) => {
        const root = folderOf(namesOf(counts))
        const { classes, train, validation } = imageFolder(root, { validation: share, seed: 1 })
        expect(classes).toEqual(counts.map((_, j) => `class${j}`))
        const all = [...train.files, ...validation.files]
        expect(all.toSorted()).toEqual(
          namesOf(counts)
            .map(name => join(root, name))
            .toSorted(),
        )
        for (const { files, y } of [train, validation]) {
          expect(files.length).toBe(y.length)
          expect(files.map(file => basename(dirname(file)))).toEqual(Array.from(y, j => classes[j]))
        }
        counts.forEach((n, j) => {
          const held = validation.y.filter(label => label === j).length
          expect(held).toBe(Math.min(n - 1, Math.round(share * n)))
        })
      }),
      20,
    )
  })

  test('a seed gives the same parts, however the files came to be; another gives others', () => {
    const names = namesOf([20, 20])
    const [a, b] = [names, names.toReversed()].map(folderOf)
    const heldOf = (root: string, seed: number): string[] =>
      imageFolder(root, { validation: 0.3, seed }).validation.files.map(file => file.slice(root.length))
    expect(heldOf(a, 7)).toEqual(heldOf(b, 7))
    expect(heldOf(a, 7)).not.toEqual(heldOf(a, 8))
    expect(imageFolder(a).validation.files).toEqual([])
  })

  test('names are sorted by code, folders within and links count, what is hidden and what is no image does not', () => {
    const root = folderOf([
      'b/10.png',
      'b/9.png',
      'b/more/1.jpg',
      'b/notes.txt',
      'b/.x.png',
      'b/.y/1.png',
      'B/1.png',
    ])
    for (const stray of ['.git/a.png', 'README.md', '1.png']) write(join(root, stray), '')
    symlinkSync(join(root, 'b'), join(root, 'a'))
    const { classes, train } = imageFolder(root)
    expect(classes).toEqual(['B', 'a', 'b'])
    const inB = ['10.png', '9.png', 'more/1.jpg']
    const expected = ['B/1.png', ...inB.map(name => `a/${name}`), ...inB.map(name => `b/${name}`)]
    expect(train.files).toEqual(expected.map(name => join(root, name)))
    expect(Array.from(train.y)).toEqual([0, 1, 1, 1, 2, 2, 2])
  })

  test.each<[string[], ImageFolderOptions, RegExp]>([
    [['a/1.png', '2.png'], {}, /at least 2 folders expected in .*, one a class, got only a$/],
    [['1.png'], {}, /at least 2 folders expected in .*, one a class, got none$/],
    [['a/1.png', 'b/1.txt'], {}, /PNG or JPEG files expected in .*b, got none$/],
    [
      ['a/1.png', 'b/1.png', 'b/2.WEBP'],
      { decoder: 'builtin' },
      /PNG or JPEG files expected, got .*b.2\.WEBP$/,
    ],
    [['a/1.png', 'b/1.png', 'b/2.BMP'], {}, /PNG or JPEG files expected, got .*b.2\.BMP$/],
    [['a/1.png', 'b/1.png'], { validation: 1 }, /validation is a share in \[0, 1\), got 1$/],
    [['a/1.png', 'b/1.png'], { validation: Number.NaN }, /got NaN$/],
  ])('%j, %j: refused', (files, options, message) => {
    expect(() => imageFolder(folderOf(files), options)).toThrow(message)
  })

  test('no such folder, and a file in its place', () => {
    expect(() => imageFolder(join(home, 'nowhere'))).toThrow(/a folder expected at .*nowhere, got ENOENT$/)
    write(join(home, 'file'), '')
    expect(() => imageFolder(join(home, 'file'))).toThrow(/a folder expected at .*file, got ENOTDIR$/)
  })

  test('its files are read, and progress is told', () => {
    const root = folderOf([])
    write(
      join(root, 'a/1.png'),
      pngOf(2, 4, () => [255, 0, 0]),
    )
    write(
      join(root, 'b/1.jpg'),
      jpegOf(8, 8, () => [0, 0, 255], 100),
    )
    const done: number[] = []
    const { train } = imageFolder(root)
    const x = readImages(train.files, { size: { height: 1, width: 1 }, onProgress: n => done.push(n) })
    // Quality 100 keeps a plain colour to a few levels of 255.
    const [r, , , , , blue] = x.dataSync()
    expect([r, Math.abs(blue - 1) < 0.02]).toEqual([1, true])
    expect(done).toEqual([1, 2])
    write(join(root, 'b/2.jpg'), 'no image')
    expect(() => readImages(imageFolder(root).train.files.slice(1))).toThrow(
      /b.2\.jpg: a PNG or JPEG expected/,
    )
  })
})
