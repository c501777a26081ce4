import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { refusal } from '../../engine/check.ts'
import { indexLfwPairs, lfwPath, parseLfwPairs } from '../data/lfwPairs.ts'
import type { VerificationSet } from '../data/verificationSet.ts'
import { imageFiles } from './imageFiles.ts'
import { type LeftOut, UnreadableError } from './unreadable.ts'

const ENDINGS = ['.jpg', '.jpeg', '.png', '.JPG', '.PNG']

/**
 * The pairs of an LFW list and the files of their images: `root/name/name_0001.jpg`, or .png. `list` is the list's
 * file, by default `root/pairs.txt`, in UTF-8, or in UTF-16 as some programs of Windows write it. Throws when the list is
 * missing or is not of that form (see `parseLfwPairs`), and when images of it are missing: all of them are named.
 */
export function lfwSet(root: string, list?: string): VerificationSet {
  if (typeof root !== 'string') throw refusal('lfwSet', 'root as the path of a folder', root)
  const path = list ?? join(root, 'pairs.txt')
  if (typeof path !== 'string') throw refusal('lfwSet', 'list as the path of a file', path)
  if (!existsSync(path)) {
    throw new Error(`lfwSet: a list of pairs expected at ${path}, got no such file`)
  }
  const { images, pairs, folds } = indexLfwPairs(parseLfwPairs(readText(path)))
  const missing: LeftOut[] = []
  const files = images.map(image => {
    const file = join(root, lfwPath(image))
    const ending = ENDINGS.find(ending => existsSync(file + ending))
    const reason = `an image expected at ${file}.jpg or .png, got no such file`
    if (ending === undefined) missing.push({ file, reason })
    return file + ending
  })
  if (missing.length > 0) throw new UnreadableError('lfwSet', missing, files.length)
  return { images: imageFiles(files), pairs, folds }
}

function readText(file: string): string {
  const bytes = readFileSync(file)
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  return bytes.toString(utf16 ? 'utf16le' : 'utf8')
}
