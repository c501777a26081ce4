import { checkInteger, checkOptions, type OptionNames, refusal } from '../../../../engine/check.ts'
import type { EncodedImages } from '../../../data/imageSource.ts'
import { consecutiveFolds, type VerificationSet } from '../../../data/verificationSet.ts'
import { type ContainerFile, openedFile } from '../containerFile.ts'
import { elementsOf } from './elements.ts'
import { readPickle } from './readPickle.ts'
import { decoded, Stored } from './stored.ts'
import { List, NdArray, shownValue, type Value } from './values.ts'

export interface VerificationBinOptions {
  /** Into how many runs of neighbouring pairs, of equal size, the pairs are parted for `foldAccuracy`. Default 10. */
  readonly folds?: number
}

const OPTIONS = { folds: true } satisfies OptionNames<VerificationBinOptions>

/**
 * The pairs of a verification set as insightface packs it (`lfw.bin`, `cfp_fp.bin`, `agedb_30.bin`, ..): a pickle of (images,
 * issame), 2 P encoded images of which 2 p and 2 p + 1 are pair p, and P flags. The images stay in the file and are read by
 * index. Images may be bytes, a `bytearray` or an array of NumPy, flags a list or an array, as Python 2 and 3 write them in
 * protocols 0 to 5. Folds are those of scikit-learn's `KFold(10)`: runs of neighbours, of which the first P mod 10 have a pair
 * more.
 * Source: insightface, src/data/lfw2pack.py and recognition/arcface_torch/eval/verification.py, `load_bin`.
 *
 * Throws a `ContainerError` with the byte's offset where the file is something else: it reads no pickles but those.
 */
export function verificationBin(path: string, options: VerificationBinOptions = {}): VerificationSet {
  checkOptions('verificationBin', options, OPTIONS)
  if (typeof path !== 'string') throw refusal('verificationBin', 'the path of a .bin file', path)
  const { folds = 10 } = options
  return openedFile('verificationBin', path, file => {
    const value = readPickle(file)
    const wrong = (expected: string, got: string): Error => file.error(0, expected, got)
    const [list, flags] = value instanceof List ? value.items : Array.isArray(value) ? value : []
    if (!(list instanceof List)) throw wrong('a pickle of (images, issame)', shownValue(value))
    const images = list.items.map((item, i) => imageOf(item, got => wrong(`bytes as image ${i}`, got)))
    const same = flagsOf(file, flags).map((flag, p) => {
      if (flag === true || flag === 1) return true
      if (flag === false || flag === 0) return false
      throw wrong(`true or false as flag ${p}`, shownValue(flag))
    })
    if (images.length !== 2 * same.length || same.length === 0) {
      throw wrong('two images for each flag', `${images.length} and ${same.length}`)
    }
    return {
      images: imagesOf(file, images),
      pairs: same.map((flag, p) => ({ a: 2 * p, b: 2 * p + 1, same: flag })),
      folds: consecutiveFolds('verificationBin', same.length, folds),
    }
  })
}

interface Image {
  readonly stored: Stored
  /** How many bytes it is to have; -1 where nothing says it but they. */
  readonly size: number
}

/** An image that is bytes, or an array of them along one axis (OpenCV gives one of shape [n,1]). */
function imageOf(item: Value, wrong: (got: string) => Error): Image {
  if (item instanceof Stored && !item.text) return { stored: item, size: -1 }
  if (item instanceof NdArray && item.dtype?.code === 'u1' && item.data !== undefined) {
    const size = item.shape.reduce((product, n) => product * n, 1)
    if (item.shape.length > 0 && item.shape.includes(size)) return { stored: item.data, size }
  }
  throw wrong(shownValue(item))
}

function flagsOf(file: ContainerFile, flags: Value | undefined): readonly Value[] {
  if (flags instanceof List) return flags.items
  const { dtype, data } = flags instanceof NdArray ? flags : ({} as NdArray)
  const elements = dtype === undefined || data === undefined ? undefined : elementsOf(file, dtype, data)
  if (elements === undefined) throw file.error(0, 'a list of flags', shownValue(flags))
  return elements
}

function imagesOf(file: ContainerFile, images: readonly Image[]): EncodedImages {
  const at = (i: number): Image => {
    checkInteger('verificationBin', 'i', i, 0, images.length - 1)
    return images[i]
  }
  const imageIn = ({ stored, size }: Image, raw: Uint8Array): Uint8Array => {
    const bytes = decoded(file, stored, raw)
    if (size < 0 || bytes.length === size) return bytes
    throw file.error(stored.offset, `${size} bytes, as the array's shape says,`, `${bytes.length}`)
  }
  return {
    length: images.length,
    name: i => `${file.path}: image ${i}, at byte ${at(i).stored.offset}`,
    read: async i => imageIn(at(i), await file.read(at(i).stored.offset, at(i).stored.length)),
    readNow: i => imageIn(at(i), file.bytes(at(i).stored.offset, at(i).stored.length)),
    close: () => file.close(),
  }
}
