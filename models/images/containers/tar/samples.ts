import { isStray } from '../../../files.ts'
import type { ContainerFile } from '../containerFile.ts'
import { type TarEntry, tarEntries } from './entries.ts'

/** The files of one sample by what their names end in: `jpg`, `cls`, `seg.png`. */
export interface TarSample {
  /** The name up to the first dot after the last slash. */
  readonly key: string
  readonly entries: ReadonlyMap<string, TarEntry>
}

/**
 * The samples of a shard: neighbours of one key, as `.../n01440764_1.jpg` and `.../n01440764_1.cls`. Endings are in small letters.
 * Names without an ending, `__..__` (WebDataset's own), and what systems leave (`._0001.jpg`, `.DS_Store`) are passed over.
 * Source: webdataset, tariterators.py, `base_plus_ext` and `group_by_keys`.
 * Throws on two files of one ending in a sample.
 */
export function* tarSamples(file: ContainerFile): Generator<TarSample> {
  let key: string | undefined
  let entries = new Map<string, TarEntry>()
  for (const entry of tarEntries(file)) {
    const split = splitName(entry.name)
    if (split === undefined) continue
    if (split.key !== key) {
      if (key !== undefined) yield { key, entries }
      key = split.key
      entries = new Map()
    }
    if (entries.has(split.ending)) {
      throw file.error(entry.offset, `one .${split.ending} in sample ${split.key}`, `${entry.name} too`)
    }
    entries.set(split.ending, entry)
  }
  if (key !== undefined) yield { key, entries }
}

function splitName(name: string): { key: string; ending: string } | undefined {
  const [, folder, base, ending] = /^((?:.*\/)?)([^./]+)\.([^/]*)$/s.exec(name) ?? []
  if (
    base === undefined ||
    /^__.*__$/s.test(base) ||
    folder.split('/').some(part => part !== '.' && isStray(part))
  ) {
    return undefined
  }
  return isStray(`${base}.${ending}`) ? undefined : { key: folder + base, ending: ending.toLowerCase() }
}
