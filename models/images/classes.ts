import { type Dirent, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { isStray } from '../files.ts'
import { endingsReadBy, IMAGE_ENDINGS, namesReadBy } from './kinds.ts'
import type { Decoder } from './sharp/decoder.ts'
import type { LeftOut } from './unreadable.ts'
import { endingOf, entriesByName, kindOf, leadsBack, walk } from './walk.ts'

export interface Classes {
  /** A folder's name and its images; there may be none. */
  readonly classes: readonly { readonly name: string; readonly files: readonly string[] }[]
  /** What is an error unless it is to be left out. */
  readonly unreadable: readonly LeftOut[]
  /** What is passed over, and said. */
  readonly passed: readonly LeftOut[]
}

/** The folders in `root`, and the images in each. Throws when `root` is no folder. */
export function findClasses(root: string, decoder: Decoder): Classes {
  const [classes, unreadable, passed]: [{ name: string; files: string[] }[], LeftOut[], LeftOut[]] = [
    [],
    [],
    [],
  ]
  const endings = endingsReadBy(decoder)
  const kinds = namesReadBy(decoder)
  const refuse = (file: string, reason: string): number => unreadable.push({ file, reason })
  for (const entry of entriesOf(root)) {
    const [name, path] = [entry.name, join(root, entry.name)]
    const kind = kindOf(root, entry)
    if (kind.startsWith('a link') && !isStray(name)) refuse(path, `a folder expected at ${path}, got ${kind}`)
    if (kind !== 'folder') continue
    if (entry.isSymbolicLink() && leadsBack(root, realpathSync(path))) {
      passed.push({ file: path, reason: `${path}: a link that leads back, to ${realpathSync(path)}` })
      continue
    }
    const { files, broken, back } = walk(root, path, ending => IMAGE_ENDINGS.has(ending))
    if (isStray(name)) {
      if (name.startsWith('.') && files.length > 0) {
        passed.push({ file: path, reason: `${path}: a hidden folder, images in it: ${files.length}` })
      }
      continue
    }
    passed.push(...back)
    unreadable.push(...broken)
    for (const file of files) {
      if (!endings.has(endingOf(file))) refuse(file, `${kinds} files expected, got ${file}`)
    }
    const images = files.filter(file => endings.has(endingOf(file)))
    if (images.length === 0) refuse(path, `${kinds} files expected in ${path}, got none`)
    classes.push({ name, files: images })
  }
  return { classes, unreadable, passed }
}

function entriesOf(root: string): Dirent[] {
  try {
    return entriesByName(root)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Error(`imageFolder: a folder expected at ${root}, got ${code}`)
  }
}
