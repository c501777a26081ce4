import { checkInteger, checkOptions, type OptionNames } from '../../engine/check.ts'
import { type Tensor, tensor } from '../../engine/index.ts'
import { loadFeatureMatrix } from '../interchange/featureMatrix.ts'
import { checkFiles } from './imageList.ts'
import { readBytes } from './unreadable.ts'

export interface FeatureFilesOptions {
  /** How many features a block has. Default 4096. */
  readonly block?: number
}

const OPTIONS = { block: true } satisfies OptionNames<FeatureFilesOptions>

/**
 * The features of MegaFace's files, one an image, in blocks [B,D]: `identification` takes them as its distractors, so that a
 * million of them need the memory of one block. Each block is disposed of when the next is asked for.
 * Throws, with the file and the byte's offset, where a file is missing, damaged (see `loadFeatureMatrix`), or of another length
 * than the first.
 */
export function* featureFiles(
  files: readonly string[],
  options: FeatureFilesOptions = {},
): Generator<Tensor> {
  checkOptions('featureFiles', options, OPTIONS)
  const { block = 4096 } = options
  checkFiles('featureFiles', files)
  checkInteger('featureFiles', 'block', block, 1)
  let length = 0
  for (let begin = 0; begin < files.length; begin += block) {
    const part = files.slice(begin, begin + block)
    const features = part.map(file => loadFeatureMatrix(wholeFile(file), file))
    length ||= features[0].length
    const odd = features.findIndex(feature => feature.length !== length)
    if (odd >= 0) {
      const got = `${length} values, as the first, expected, got ${features[odd].length}`
      throw new Error(`featureFiles: ${part[odd]}: at byte 0: ${got}`)
    }
    const values = new Float32Array(part.length * length)
    features.forEach((feature, k) => {
      values.set(feature, k * length)
    })
    const rows = tensor(values, { shape: [part.length, length] })
    try {
      yield rows
    } finally {
      if (!rows.disposed) rows.dispose()
    }
  }
}

function wholeFile(file: string): Uint8Array {
  const read = readBytes(file)
  if (read instanceof Error) throw new Error(`featureFiles: ${read.message}`)
  return read.bytes
}
