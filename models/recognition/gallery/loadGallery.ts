import { checkOptions, type OptionNames } from '../../../engine/check.ts'
import { type Bytes, checkFileName } from '../../files.ts'
import { Gallery } from './gallery.ts'
import { unpacked } from './savedGallery.ts'
import type { VectorStore } from './vectorStore.ts'

export interface LoadGalleryOptions {
  /** Where the vectors go. Default: into memory, searched exactly. */
  readonly store?: VectorStore
  /** Where the bytes are from, for errors. */
  readonly file?: string
}

const OPTIONS = { store: true, file: true } satisfies OptionNames<LoadGalleryOptions>

/**
 * The gallery in bytes that `gallery.save()` gave: it answers as that one did, to the last digit. Throws, saying where and in which
 * `file`, on others, and on those of a newer version.
 */
export async function loadGallery(bytes: Bytes, options: LoadGalleryOptions = {}): Promise<Gallery> {
  checkOptions('loadGallery', options, OPTIONS)
  const { store, file } = options
  checkFileName('loadGallery', file)
  const contents = unpacked(file === undefined ? 'loadGallery' : `loadGallery: ${file}`, bytes)
  const { dimension, templates } = contents
  const gallery = new Gallery({ dimension, templates, store })
  await gallery.load(contents)
  return gallery
}
