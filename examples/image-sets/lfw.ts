import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LeftOut, UnreadableError } from '../../models/images/index.ts'
import {
  auc,
  type FoldAccuracy,
  foldAccuracy,
  type IndexedPairs,
  indexLfwPairs,
  lfwPath,
  pairCosines,
  parseLfwPairs,
  type RocPoint,
  roc,
  splitScores,
} from '../../models/index.ts'
import { type Embedding, type EmbedOptions, embedFiles } from './embedFiles.ts'

export interface Lfw extends IndexedPairs {
  /** The file of each of `images`. */
  readonly files: readonly string[]
}

const ENDINGS = ['.jpg', '.jpeg', '.png', '.JPG', '.PNG']

/**
 * The pairs of an LFW list and the files of their images: `root/name/name_0001.jpg`, or .png. `list` is the list's
 * file, by default `root/pairs.txt`, in UTF-8, or in UTF-16 as some programs of Windows write it. Throws when the list is
 * missing or is not of that form, and when images of it are missing: all of them are named.
 */
export function loadLfw(root: string, list = join(root, 'pairs.txt')): Lfw {
  if (!existsSync(list)) throw new Error(`loadLfw: a list of pairs expected at ${list}, got no such file`)
  const indexed = indexLfwPairs(parseLfwPairs(readText(list)))
  const missing: LeftOut[] = []
  const files = indexed.images.map(image => {
    const path = join(root, lfwPath(image))
    const ending = ENDINGS.find(ending => existsSync(path + ending))
    const reason = `an image expected at ${path}.jpg or .png, got no such file`
    if (ending === undefined) missing.push({ file: path, reason })
    return path + ending
  })
  if (missing.length > 0) throw new UnreadableError('loadLfw', missing, files.length)
  return { ...indexed, files }
}

function readText(file: string): string {
  const bytes = readFileSync(file)
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  return bytes.toString(utf16 ? 'utf16le' : 'utf8')
}

export interface LfwFigures {
  readonly accuracy: FoldAccuracy
  readonly auc: number
  readonly roc: readonly RocPoint[]
}

/** LFW's View 2 of any embedding: accuracy over the folds of the list, AUC and ROC over its pairs. */
export async function evaluateLfw(
  embed: Embedding,
  { files, pairs, folds }: Lfw,
  options: EmbedOptions = {},
): Promise<LfwFigures> {
  const scores = await pairCosines(await embedFiles(embed, files, options), pairs)
  const split = splitScores(scores, pairs)
  return { accuracy: foldAccuracy(scores, pairs, folds), auc: auc(split), roc: roc(split) }
}
