import { readFileSync } from 'node:fs'
import { refusal } from '../../engine/check.ts'
import { Gallery, type LoadGalleryOptions, loadGallery } from '../recognition/index.ts'
import { writeWhole } from './writeWhole.ts'

/**
 * The gallery as a file, for `readGallery`. It is written beside the old one and then takes its name: whenever the process is killed,
 * there is the old gallery or the new one, whole. Throws, with the reason, where it cannot be written, and leaves the old one.
 */
export async function writeGallery(path: string, gallery: Gallery): Promise<void> {
  if (typeof path !== 'string') throw refusal('writeGallery', 'path as the path of a file', path)
  if (!(gallery instanceof Gallery)) throw refusal('writeGallery', 'gallery as a Gallery', gallery)
  writeWhole(path, await gallery.save())
}

/** The gallery in such a file. Throws, naming the file, where it is no gallery. */
export async function readGallery(
  path: string,
  options: Omit<LoadGalleryOptions, 'file'> = {},
): Promise<Gallery> {
  if (typeof path !== 'string') throw refusal('readGallery', 'path as the path of a file', path)
  return loadGallery(contentOf(path), { ...options, file: path })
}

function contentOf(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new Error(`readGallery: ${path}: the file of a gallery expected, got ${(error as Error).message}`, {
      cause: error,
    })
  }
}
