import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { imageFolder, UnreadableError } from '../../../models/images/index.ts'
import { write } from '../../support/imageFiles.ts'
import { temporaryFolder } from '../../support/temporaryFolder.ts'

const home = temporaryFolder()
let folders = 0
const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
afterEach(() => warned.mockClear())

/** A folder of empty files of those names, and links to others. */
function folderOf(files: readonly string[], links: Readonly<Record<string, string>> = {}): string {
  const root = join(home, String(folders++))
  mkdirSync(root)
  for (const file of files) write(join(root, file), '')
  for (const [name, to] of Object.entries(links)) symlinkSync(to, join(root, name))
  return root
}

const namesIn = (root: string, options = {}): string[] =>
  imageFolder(root, options).train.files.map(file => file.slice(root.length + 1))

describe('links', () => {
  test.each<[string, Record<string, string>]>([
    ['to the folder itself', { 'a/loop': '.' }],
    ['to the root', { 'a/up': '..' }],
    ['to what holds the root', { 'a/up': '../../..' }],
    ['from class to class and back', { 'a/to': '../b', 'b/to': '../a' }],
    ['to the root, as a class', { loop: '.' }],
    ['to a folder that is there itself', { 'a/again': 'more' }],
    ['to a folder that is there itself, met before it', { 'a/zz': 'more' }],
  ])('that lead back %s end there, and are named', (_, links) => {
    const root = folderOf(['a/1.png', 'a/more/2.png', 'b/3.png'], links)
    const { train, classes, leftOut } = imageFolder(root)
    const followed = '../b' in Object.fromEntries(Object.values(links).map(to => [to, to]))
    expect(classes).toEqual(['a', 'b'])
    // Of classes that hold each other, each has its own images and the other's, once.
    const own = ['a/1.png', 'a/more/2.png', 'b/3.png']
    const others = ['a/to/3.png', 'b/to/1.png', 'b/to/more/2.png']
    const names = train.files.map(file => file.slice(root.length + 1)).sort()
    expect(names).toEqual([...own, ...(followed ? others : [])].sort())
    expect(leftOut.length).toBe(followed ? 2 : 1)
    for (const { reason } of leftOut) expect(reason).toContain('a link that leads back, to ')
    expect(warned.mock.calls.flat().join()).toContain('a link that leads back')
  })

  test('that lead nowhere are refused by name, all of them, and left out where that is asked for', () => {
    const root = folderOf(['a/1.png', 'b/2.png'], {
      'a/3.png': 'none.png',
      'b/self': 'self',
      c: '/nowhere/at/all',
    })
    const expected =
      /imageFolder: 3 of 5 files cannot be read:\n.*a.3\.png, got a link that leads nowhere \(ENOENT\)\n.*self, got a link that leads nowhere \(ELOOP\)\n.*c, got a link/
    expect(() => imageFolder(root)).toThrow(expected)
    expect(namesIn(root, { skipUnreadable: true })).toEqual(['a/1.png', 'b/2.png'])
    expect(warned.mock.calls[0][0]).toMatch(/left out 3:\n.*3\.png/)
  })
})

describe('what is no image', () => {
  test('a folder whose name ends as an image’s is a folder', () => {
    const root = folderOf(['a/x.jpg/1.png', 'a/x.jpg/y.png/2.png', 'b/3.png'])
    mkdirSync(join(root, 'a/empty.png'))
    expect(namesIn(root)).toEqual(['a/x.jpg/1.png', 'a/x.jpg/y.png/2.png', 'b/3.png'])
  })

  test('what systems leave is passed over', () => {
    const strays = [
      'a/._1.png',
      'a/.DS_Store',
      'a/Thumbs.db',
      'a/desktop.ini',
      '__MACOSX/a/._1.png',
      'a/__MACOSX/1.png',
    ]
    const root = folderOf(['a/1.png', 'b/2.jfif', ...strays])
    const { classes, train, leftOut } = imageFolder(root)
    expect([classes, train.files.length, leftOut]).toEqual([['a', 'b'], 2, []])
    expect(warned).not.toHaveBeenCalled()
  })

  test.runIf(process.platform !== 'win32')('a pipe is never opened', () => {
    const root = folderOf(['a/1.png', 'b/2.png'])
    execFileSync('mkfifo', [join(root, 'a', 'pipe.png')])
    expect(() => imageFolder(root)).toThrow(/a file expected at .*pipe\.png, got no regular file/)
  })

  test('images of kinds that are not read are named, all of them', () => {
    const root = folderOf(['a/1.png', 'a/2.heic', 'b/3.png', 'b/4.BMP'])
    expect(() => imageFolder(root)).toThrow(/2 of 4 files cannot be read:\n.*2\.heic\n.*4\.BMP/)
    expect(namesIn(root, { skipUnreadable: true })).toEqual(['a/1.png', 'b/3.png'])
  })
})

describe('classes that have no image', () => {
  test('are named, all of them; left out, the others keep their order', () => {
    const root = folderOf(['a/1.png', 'c/2.png', 'd/notes.txt', 'e/.hidden.png'])
    mkdirSync(join(root, 'b'))
    expect(() => imageFolder(root)).toThrow(
      /3 of 5 files cannot be read:\n.*b, got none\n.*d, got none\n.*e, got none/,
    )
    const { classes, train, leftOut } = imageFolder(root, { skipUnreadable: true })
    expect([classes, Array.from(train.y)]).toEqual([
      ['a', 'c'],
      [0, 1],
    ])
    expect(leftOut.map(({ file }) => file.slice(root.length + 1))).toEqual(['b', 'd', 'e'])
  })

  test('hidden folders are passed over, and named when they hold images', () => {
    const root = folderOf(['a/1.png', 'b/2.png', '.cat/1.png', '.cat/2.png', '.git/config'])
    const { classes, leftOut } = imageFolder(root)
    expect(classes).toEqual(['a', 'b'])
    expect(leftOut.map(({ reason }) => reason)).toEqual([
      `${join(root, '.cat')}: a hidden folder, images in it: 2`,
    ])
    expect(warned.mock.calls[0][0]).toContain('.cat: a hidden folder')
  })

  test('an error has all of them, also past the number that it shows', () => {
    const root = folderOf(['a/1.png', 'b/2.png', ...Array.from({ length: 150 }, (_, i) => `a/${i}.bmp`)])
    try {
      imageFolder(root)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(UnreadableError)
      expect((error as UnreadableError).unreadable.length).toBe(150)
      expect((error as Error).message).toContain('150 of 152 files cannot be read')
      expect((error as Error).message).toMatch(/and 50 more$/)
    }
  })
})

describe('options', () => {
  test.each([
    [{ valdation: 0.2 }, 'imageFolder: there is no option valdation, did you mean validation?'],
    [
      0.2,
      'imageFolder: options as an object, { validation, seed, decoder, skipUnreadable }, expected, got 0.2',
    ],
    [{ validation: '0.2' }, 'imageFolder: validation is a share in [0, 1), got "0.2"'],
    [{ seed: 0.5 }, 'imageFolder: seed as an integer'],
    [{ skipUnreadable: 1 }, 'imageFolder: skipUnreadable as true or false expected, got 1'],
  ])('%j: refused', (options, message) => {
    expect(() => imageFolder(home, options as object)).toThrow(message)
  })

  test('a root that is no path', () => {
    expect(() => imageFolder(undefined as unknown as string)).toThrow(
      'imageFolder: root as the path of a folder expected, got undefined',
    )
  })
})
