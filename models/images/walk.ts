import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import { isStray } from '../files.ts'
import type { LeftOut } from './unreadable.ts'

export interface Walked {
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
export function walk(root: string, folder: string, takes: (ending: string) => boolean): Walked {
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
      const kind = kindOf(path, entry)
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

export const endingOf = (path: string): string => extname(path).toLowerCase()

/** Does a folder hold the root, or is it that? */
export function leadsBack(root: string, real: string): boolean {
  const home = realpathSync(root)
  return home === real || home.startsWith(real.endsWith(sep) ? real : real + sep)
}

/** What is in a folder, sorted by the names' characters' codes. */
export const entriesByName = (folder: string): Dirent[] =>
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
export function kindOf(folder: string, entry: Dirent): string {
  const path = join(folder, entry.name)
  try {
    const found = entry.isSymbolicLink() ? statSync(path) : entry
    return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'no regular file'
  } catch (error) {
    return `a link that leads nowhere (${(error as NodeJS.ErrnoException).code})`
  }
}
