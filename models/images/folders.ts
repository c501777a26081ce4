import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import { isStray } from '../files.ts'
import { endingsReadBy, IMAGE_ENDINGS, namesReadBy } from './formats.ts'
import type { Decoder } from './sharp/decoder.ts'
import type { LeftOut } from './unreadable.ts'

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
  for (const entry of openFolder(root)) {
    const [name, path] = [entry.name, join(root, entry.name)]
    const kind = entryType(root, entry)
    if (kind.startsWith('a link') && !isStray(name)) refuse(path, `a folder expected at ${path}, got ${kind}`)
    if (kind !== 'folder') continue
    if (entry.isSymbolicLink() && leadsBack(root, realpathSync(path))) {
      passed.push({ file: path, reason: `${path}: a link that leads back, to ${realpathSync(path)}` })
      continue
    }
    const { files, broken, back } = filesUnder(root, path, ending => IMAGE_ENDINGS.has(ending))
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

function openFolder(root: string): Dirent[] {
  try {
    return entriesByName(root)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Error(`imageFolder: a folder expected at ${root}, got ${code}`)
  }
}

interface FolderContents {
  /** The files under a folder whose names end as asked for, sorted by their characters' codes. */
  readonly files: readonly string[]
  /** What looks like one and cannot be read: links that lead nowhere, pipes, folders that do not open. */
  readonly broken: readonly LeftOut[]
  /** Links that were not followed, since what they lead to was visited already or holds the root. */
  readonly back: readonly LeftOut[]
}

/**
 * The files in a folder and in the folders of it, through links too; each folder once, so that a link that leads back ends
 * there. Hidden names and what systems leave are passed over.
 */
function filesUnder(root: string, folder: string, takes: (ending: string) => boolean): FolderContents {
  const [files, broken, back]: [string[], LeftOut[], LeftOut[]] = [[], [], []]
  const visited = new Set<string>()
  // Links wait: a folder that is also there itself is met by its own name.
  const [folders, links] = [[folder], [] as string[]]
  for (let next = folders.pop(); next !== undefined; next = folders.pop() ?? links.shift()) {
    const path = next
    const real = realpathSync(path)
    if (visited.has(real) || leadsBack(root, real)) {
      back.push({ file: path, reason: `${path}: a link that leads back, to ${real}` })
      continue
    }
    visited.add(real)
    for (const entry of entriesOf(path, broken)) {
      const kind = entryType(path, entry)
      const name = join(path, entry.name)
      if (kind === 'folder') (entry.isSymbolicLink() ? links : folders).push(name)
      else if (kind === 'file' && takes(endingOf(name))) files.push(name)
      else if (kind !== 'file' && (takes(endingOf(name)) || endingOf(name) === '')) {
        broken.push({ file: name, reason: `a file expected at ${name}, got ${kind}` })
      }
    }
  }
  return { files: files.sort(), broken, back }
}

const endingOf = (path: string): string => extname(path).toLowerCase()

/** Does a folder hold the root, or is it that? */
function leadsBack(root: string, real: string): boolean {
  const home = realpathSync(root)
  return home === real || home.startsWith(real.endsWith(sep) ? real : real + sep)
}

/** What is in a folder, sorted by the names' characters' codes. */
const entriesByName = (folder: string): Dirent[] =>
  readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : 0,
  )

function entriesOf(folder: string, broken: LeftOut[]): Dirent[] {
  try {
    return entriesByName(folder).filter(({ name }) => !isStray(name))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    broken.push({ file: folder, reason: `a folder expected at ${folder}, got ${code}` })
    return []
  }
}

/** `folder`, `file`, or what is there in place of both. */
function entryType(folder: string, entry: Dirent): string {
  const path = join(folder, entry.name)
  try {
    const found = entry.isSymbolicLink() ? statSync(path) : entry
    return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'no regular file'
  } catch (error) {
    return `a link that leads nowhere (${(error as NodeJS.ErrnoException).code})`
  }
}
