import { readdirSync, statSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import { generator } from '../../engine/index.ts'

/** Image files and their classes: files[N] y[N]. */
export interface ImageList {
  readonly files: readonly string[]
  readonly y: Int32Array
}

export interface ImageFolder {
  /** The folders' names, sorted: class j is classes[j]. */
  readonly classes: readonly string[]
  readonly train: ImageList
  readonly validation: ImageList
}

export interface ImageFolderOptions {
  /** The share of each class that is held out, in [0, 1). Default 0. */
  readonly validation?: number
  /** Of which images are held out. Default 0. */
  readonly seed?: number
}

const READ = ['.png', '.jpg', '.jpeg']
const NOT_READ = ['.gif', '.webp', '.bmp', '.tif', '.tiff', '.heic', '.heif', '.avif', '.jp2', '.jxl']

/**
 * The images under `root`, one folder a class, as torchvision's ImageFolder finds them: `root/cat/1.jpg`,
 * `root/cat/more/2.png`, `root/dog/1.jpg`. Names are sorted by their characters' codes, so that a folder is the same
 * list everywhere; those that begin with a dot are passed over. Of the n images of a class, min(n - 1, round(share n))
 * are held out, drawn by `seed`: every class stays in training. No image is opened: see `readImages`.
 *
 * Throws when `root` is no folder or has fewer than two in it, when a class has no PNG or JPEG, and on images of a kind
 * that is not read.
 */
export function imageFolder(
  root: string,
  { validation = 0, seed = 0 }: ImageFolderOptions = {},
): ImageFolder {
  if (!(validation >= 0 && validation < 1)) {
    throw new Error(`imageFolder: validation is a share in [0, 1), got ${validation}`)
  }
  const classes = namesIn(root).filter(name => statSync(join(root, name)).isDirectory())
  if (classes.length < 2) {
    const got = classes.length === 0 ? 'none' : `only ${classes[0]}`
    throw new Error(`imageFolder: at least 2 folders expected in ${root}, one a class, got ${got}`)
  }
  const rng = generator(seed)
  const parts = classes.map(name => {
    const files = imagesOf(join(root, name))
    const n = files.length
    const held = new Set(rng.permutation(n).subarray(0, Math.min(n - 1, Math.round(validation * n))))
    return [false, true].map(hold => files.filter((_, i) => held.has(i) === hold))
  })
  return { classes, train: listOf(parts.map(([rest]) => rest)), validation: listOf(parts.map(([, h]) => h)) }
}

/** The images in a folder and in the folders of it. */
function imagesOf(folder: string): string[] {
  const files = namesIn(folder, true).map(name => join(folder, name))
  const odd = files.find(file => NOT_READ.includes(extname(file).toLowerCase()))
  if (odd !== undefined) throw new Error(`imageFolder: PNG or JPEG files expected, got ${odd}`)
  const images = files.filter(file => READ.includes(extname(file).toLowerCase()))
  if (images.length === 0) throw new Error(`imageFolder: PNG or JPEG files expected in ${folder}, got none`)
  return images
}

function namesIn(folder: string, recursive = false): string[] {
  try {
    const names = readdirSync(folder, { recursive, encoding: 'utf8' })
    return names.filter(name => !name.split(sep).some(part => part.startsWith('.'))).sort()
  } catch (error) {
    throw new Error(
      `imageFolder: a folder expected at ${folder}, got ${(error as NodeJS.ErrnoException).code}`,
    )
  }
}

function listOf(byClass: readonly (readonly string[])[]): ImageList {
  return { files: byClass.flat(), y: Int32Array.from(byClass.flatMap((files, j) => files.map(() => j))) }
}
