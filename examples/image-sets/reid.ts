import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Reid, type ReidFormat, type ReidOptions, reid, reidImages } from '../../models/index.ts'
import { type Embedding, type EmbedOptions, embedFiles } from './embedFiles.ts'

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
    const { files, ids, cameras } = reidImages(readdirSync(folder), format)
    if (counts !== undefined && counts[name] !== files.length) {
      throw new Error(`loadReid: ${counts[name]} images expected in ${folder}, got ${files.length}`)
    }
    return { files: files.map(file => join(folder, file)), ids, cameras }
  }
  return { train: part('train'), query: part('query'), gallery: part('gallery') }
}

/** The single query figures of any embedding, as the sets' own code defines them, re-ranked with `rerank`: see `reid`. */
export async function evaluateReid(
  embed: Embedding,
  { query, gallery }: ReidData,
  { ranks, ties, rerank, ...options }: EmbedOptions & ReidOptions = {},
): Promise<Reid> {
  const set = async ({ files, ids, cameras }: ReidPart) => ({
    x: await embedFiles(embed, files, options),
    ids,
    cameras,
  })
  return reid(await set(query), await set(gallery), { ranks, ties, rerank })
}
