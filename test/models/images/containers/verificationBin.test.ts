import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ContainerError, verificationBin } from '../../../../models/images/index.ts'
import { damage } from '../../../support/damage.ts'
import { FORM_NAMES, type PickleForm, pickleOf } from '../../../support/pickles.ts'
import { check } from '../../../support/property.ts'
import { temporaryFolder } from '../../../support/temporaryFolder.ts'

const path = join(temporaryFolder(), 'lfw.bin')

const form: fc.Arbitrary<PickleForm> = fc.record(
  {
    bytes: fc.constantFrom(...FORM_NAMES),
    array: fc.constantFrom('row', 'column'),
    flags: fc.constantFrom('I00', 'NEWTRUE', 'BININT1', 'LONG1', 'scalars', 'array'),
    memo: fc.constantFrom('PUT', 'BINPUT', 'MEMOIZE', 'none'),
    lists: fc.constantFrom('LIST', 'APPEND', 'APPENDS'),
    tuple: fc.constantFrom('TUPLE', 'TUPLE2'),
    protocol: fc.integer({ min: 0, max: 5 }),
    framed: fc.boolean(),
  },
  { requiredKeys: ['bytes', 'flags', 'memo', 'lists', 'tuple'] },
)

/** Bytes of every kind: those that escapes are for come often, and more than a byte's length. */
const image = fc
  .array(fc.oneof(fc.nat(255), fc.constantFrom(0, 9, 10, 13, 26, 34, 39, 92, 117, 120, 127, 128, 255)), {
    minLength: 1,
    maxLength: 300,
  })
  .map(bytes => Buffer.from(bytes))
/** Of few images, so that some are there twice: a memo has them once. */
const set = fc.array(image, { minLength: 1, maxLength: 8 }).chain(pool => {
  const one = fc.constantFrom(...pool)
  return fc.array(fc.tuple(one, one, fc.boolean()), { minLength: 2, maxLength: 12 }).map(pairs => ({
    images: pairs.flatMap(([a, b]) => [a, b] as Buffer[]),
    same: pairs.map(([, , same]) => same),
  }))
})

async function all(folds = 2): Promise<{ images: Buffer[]; same: boolean[]; folds: number[] }> {
  const set = verificationBin(path, { folds })
  try {
    const images = Array.from({ length: set.images.length }, (_, i) => set.images.read(i))
    expect(set.pairs.map(({ a, b }) => [a, b])).toEqual(set.pairs.map((_, p) => [2 * p, 2 * p + 1]))
    return {
      images: (await Promise.all(images)).map(bytes => Buffer.from(bytes)),
      same: set.pairs.map(({ same }) => same),
      folds: [...set.folds],
    }
  } finally {
    await set.images.close()
  }
}

describe('verificationBin', () => {
  test('what was pickled is read, in every form in which Python 2 and 3 write it', async () => {
    await check(
      fc.asyncProperty(set, form, async ({ images, same }, form) => {
        writeFileSync(path, pickleOf(images, same, form))
        const read = await all()
        expect(read.images).toEqual(images)
        expect(read.same).toEqual(same)
      }),
      300,
    )
  })

  test('folds are runs of neighbours as equal as can be, longer ones first', async () => {
    const sizes = fc.tuple(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 40 }))
    await check(
      fc.asyncProperty(sizes, async ([n, count]) => {
        const images = Array.from({ length: 2 * n }, (_, i) => Buffer.from([i]))
        const forms = {
          bytes: 'SHORT_BINBYTES',
          flags: 'NEWTRUE',
          memo: 'none',
          lists: 'APPENDS',
          tuple: 'TUPLE2',
        } as const
        writeFileSync(path, pickleOf(images, Array(n).fill(true), forms))
        if (count > n) {
          await expect(all(count)).rejects.toThrow(`at least one pair a fold expected, ${count}, got ${n}`)
          return
        }
        const { folds } = await all(count)
        const sizes = Array.from({ length: count }, (_, f) => folds.filter(fold => fold === f).length)
        expect(folds).toEqual([...folds].sort((a, b) => a - b))
        expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
        expect(sizes[0] - sizes[count - 1]).toBeLessThanOrEqual(1)
      }),
    )
  })

  const one = "(lp0\nS'a'\naS'b'\naS'c'\naS'd'\na"
  test.each([
    ['an empty file', '', /lfw\.bin: at byte 0: 1 bytes expected, got a file of 0/],
    [
      'a zip, as torch.save writes it',
      'PK\x03\x04',
      /at byte 0: an opcode that a pickle of images has expected, got P/,
    ],
    [
      'a function that runs',
      "cos\nsystem\n(S'ls'\ntR.",
      /at byte 0: names that a pickle of images has expected, got "os\.system"/,
    ],
    [
      'the same in protocol 4',
      '\x80\x04\x8c\x02os\x8c\x06system\x93.',
      /at byte 14: names .* got "os\.system"/,
    ],
    ['an object', '(i__main__\nA\n.', /at byte 1: an opcode .* got i/],
    ['a dict', '}.', /at byte 0: an opcode .* got }/],
    ['a list of texts', '(lVa\nVb\nl.', /at byte 8: a mark on the stack expected, got none/],
    ['buffers kept elsewhere', '\x80\x05\x97.', /at byte 2: an opcode .* got 0x97/],
    ['a protocol to come', '\x80\x06.', /at byte 0: a protocol up to 5 expected, got 6/],
    [
      'a frame beyond the end',
      '\x80\x04\x95\xff\x00\x00\x00\x00\x00\x00\x00.',
      /at byte 2: a frame of at most 1 bytes expected, got 255/,
    ],
    [
      'bytes beyond the end',
      '\x80\x03B\xff\xff\xff\x7fa.',
      /at byte 7: 2147483647 bytes expected, got a file of 9/,
    ],
    ['a call of another form', 'cnumpy\ndtype\n(lR.', /at byte 15: a call .* got numpy\.dtype a list of 0/],
    ['a memo that is empty', 'h\x07.', /at byte 0: an index of the memo expected, got 7, where nothing is/],
    ['no mark', 'N\x86.', /at byte 1: a value on the stack expected, got none/],
    ['no tuple', 'K\x01.', /at byte 0: a pickle of \(images, issame\) expected, got 1/],
    [
      'text in place of bytes',
      '((lVa\naVb\na(lI01\nat.',
      /at byte 0: bytes as image 0 expected, got text of length 1/,
    ],
    [
      'an image that is decoded',
      `((lcnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01btR(K\x01(K\x02K\x02tcnumpy\ndtype\n(U\x02u1K\x00K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tbI00\nU\x04abcdtba(lt.`,
      /bytes as image 0 expected, got an array of shape \(2, 2\)/,
    ],
    ['a flag of 2', `(${one}(lK\x02aK\x01at.`, /true or false as flag 0 expected, got 2/],
    ['too few flags', `(${one}(lI01\nat.`, /two images for each flag expected, got 4 and 1/],
    [
      'more after the end',
      `(${one}(lI01\naI00\nat.N`,
      /at byte 44: the end of the file after the pickle expected, got more bytes/,
    ],
    ['a line without end', "(lS'a", /at byte 3: a line with its end expected, got a file of 5/],
  ])('%s is an error with its place', (_, content, message) => {
    writeFileSync(path, Buffer.from(content, 'latin1'))
    expect(() => verificationBin(path)).toThrow(message)
  })

  test.each([
    ["S'a\n", /at byte 4: a text in quotes expected, got no quotes/],
    ["S'\\q'\n", /at byte 5: a text in quotes expected, got "\\q"$/],
    ["S'\\x4'\n", /at byte 5: a text in quotes/],
    ['c_codecs\nencode\n(V\\u0100\nVlatin1\ntR', /at byte 21: a text in raw-unicode-escape/],
    [
      'c_codecs\nencode\n(X\x02\x00\x00\x00\xc4\x80Vlatin1\ntR',
      /at byte 25: UTF-8 of characters up to 255 expected, got byte 196/,
    ],
  ])('%j is damaged inside: seen when it is read', async (image, message) => {
    writeFileSync(path, Buffer.from(`((l${image}aS'b'\naS'c'\naS'd'\na(lI01\naI00\nat.`, 'latin1'))
    await expect(all()).rejects.toThrow(message)
  })

  test('1,000 damaged files: each reads, or says where the damage is; nothing else happens', async () => {
    const images = Array.from({ length: 6 }, (_, i) =>
      Buffer.from([...Array(20 + 60 * i).keys()].map(b => b % 256)),
    )
    let damaged = 0
    await check(
      fc.asyncProperty(form, damage, async (form, of) => {
        const whole = pickleOf(images, [true, false, true], form)
        writeFileSync(path, of(whole))
        try {
          const read = await all()
          expect(read.images.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(
            read.images.length * 2 * whole.length,
          )
        } catch (error) {
          if (/at least one pair a fold expected/.test((error as Error).message)) return
          damaged++
          expect(error).toBeInstanceOf(ContainerError)
          const { offset, message } = error as ContainerError
          expect(Number.isSafeInteger(offset) && offset >= 0).toBe(true)
          expect(message).toContain(`at byte ${offset}: `)
        }
      }),
      1000,
    )
    // Most of a file is images, whose own bytes are the decoder's to find.
    expect(damaged).toBeGreaterThan(300)
  })
})
