import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Embedding,
  type EmbedImagesOptions,
  embedImages,
  imageFiles,
} from '../../models/images/index.ts'
import { type Reid, type ReidFormat, type ReidOptions, reid, reidImages } from '../../models/index.ts'

/** The images of one folder, with who is on each and which camera took it. */
export interface ReidPart {
  readonly files: readonly string[]
  readonly ids: Int32Array
  readonly cameras: Int32Array
}

export interface ReidData {
  readonly train: ReidPart
  readonly query: ReidPart
  readonly gallery: ReidPart
}

const FOLDERS = { train: 'bounding_box_train', query: 'query', gallery: 'bounding_box_test' } as const

/**
 * Market-1501 or DukeMTMC-reID as they are unpacked: `bounding_box_train`, `query` and `bounding_box_test` (the
 * gallery) under `root`. With `counts`, such as `market1501.counts`, each folder must hold so many images.
 * Throws when a folder is missing, holds no images or another number, or has an image whose name is malformed.
 */
export function loadReid(root: string, format: ReidFormat, counts?: ReidFormat['counts']): ReidData {
  const part = (name: keyof typeof FOLDERS): ReidPart => {
    const folder = join(root, FOLDERS[name])
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw new Error(`loadReid: a folder expected at ${folder}, got none`)
    const { files, ids, cameras } = reidImages(filesIn(folder), format)
    if (counts !== undefined && counts[name] !== files.length) {
      throw new Error(`loadReid: ${counts[name]} images expected in ${folder}, got ${files.length}`)
    }
    return { files: files.map(file => join(folder, file)), ids, cameras }
  }
  return { train: part('train'), query: part('query'), gallery: part('gallery') }
}

/** Names of files alone: there are folders that are named like images. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(({ name }) => name)

/** The single query figures of any embedding, as the sets' own code defines them, re-ranked with `rerank`: see `reid`. */
export async function evaluateReid(
  embed: Embedding,
  { query, gallery }: ReidData,
  { ranks, ties, rerank, ...options }: EmbedImagesOptions & ReidOptions = {},
): Promise<Reid> {
  const set = async ({ files, ids, cameras }: ReidPart) => ({
    x: await embedImages(embed, imageFiles(files), options),
    ids,
    cameras,
  })
  return reid(await set(query), await set(gallery), { ranks, ties, rerank })
}
