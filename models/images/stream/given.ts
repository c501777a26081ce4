import { refusal } from '../../../engine/check.ts'
import { checkLabels } from '../../../losses/labels.ts'
import type { ImageSource } from '../../data/imageSource.ts'
import { checkFiles, type LabelledFiles } from '../imageList.ts'
import type { Images } from './batchQueue.ts'

/** What a stream is made of. */
interface Given {
  readonly images: Images
  readonly labels: Int32Array
  readonly nameOf: (i: number) => string
  readonly close: () => Promise<void>
}

/** Throws unless `source` is a list of files and labels, as many of each, or an `ImageSource`. */
export function givenImages(op: string, source: LabelledFiles | ImageSource): Given {
  const { files, y } = Object(source) as Partial<LabelledFiles>
  if (files !== undefined && y !== undefined) {
    checkFiles(op, files)
    const labels = Int32Array.from(checkLabels(op, y))
    if (files.length !== labels.length) {
      throw new Error(`${op}: files[N] y[N] expected, got ${files.length} files and ${labels.length} labels`)
    }
    return { images: { files }, labels, nameOf: i => files[i], close: async () => {} }
  }
  const { name, read, close, labels } = Object(source) as Partial<ImageSource>
  if (![name, read, close].every(part => typeof part === 'function') || labels === undefined) {
    throw refusal(op, '{ files, y }, such as imageFolder(..).train, or an ImageSource', source)
  }
  const images = source as ImageSource
  return {
    images,
    labels: Int32Array.from(checkLabels(op, labels, images.length)),
    nameOf: i => images.name(i),
    close: () => images.close(),
  }
}
