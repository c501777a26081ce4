import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { alive, removeDrafts } from '../../models/node/writeWhole.ts'

const NAME = '.lock'
/** Milliseconds in which a lock that is made gets its content. */
const YOUNG = 1000

interface Holder {
  readonly pid: number
  readonly host: string
}

/**
 * Makes the folder and takes it for this process, until it ends or calls what is returned: two runs would write over each
 * other's files. Throws, naming the other, while another process has it; takes it over from one that is gone, with the
 * drafts that one left. Processes of other machines cannot be seen, and count as running.
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, NAME)
  const own = JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder)
  while (!created(path, own)) {
    const holder = holderOf(path)
    if (holder !== undefined && runs(holder)) {
      const who = `process ${holder.pid}${holder.host === hostname() ? '' : ` of ${holder.host}`}`
      throw new Error(`${folder}: a folder of its own expected, ${who} writes there (or remove ${path})`)
    }
    // One that is just made has nothing in it yet.
    if (holder !== undefined || ageOf(path) > YOUNG) removeStale(path)
  }
  removeDrafts(folder)
  const release = (): void => {
    process.off('exit', release)
    if (holderOf(path)?.pid === process.pid) rmSync(path, { force: true })
  }
  process.on('exit', release)
  return release
}

function created(path: string, content: string): boolean {
  try {
    closeSync(openSync(path, 'wx'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  try {
    writeFileSync(path, content)
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  }
  return true
}

/** Undefined where there is none, or nothing in it yet, or it was cut off. */
function holderOf(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

/** Milliseconds since the file was written; 0 where there is none. */
function ageOf(path: string): number {
  const file = statSync(path, { throwIfNoEntry: false })
  return file === undefined ? 0 : Date.now() - file.mtimeMs
}

/** Under a name of its own first: of two that find it stale, one alone takes it away. */
function removeStale(path: string): void {
  const taken = `${path}.${process.pid}.tmp`
  try {
    renameSync(path, taken)
    const holder = holderOf(taken)
    // Another was quicker, and this is its own already.
    if (holder !== undefined && runs(holder)) renameSync(taken, path)
    else rmSync(taken, { force: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** This process's own lock is of one before it that had its number, as in a container. */
function runs({ pid, host }: Holder): boolean {
  if (host !== hostname()) return true
  return pid !== process.pid && alive(pid)
}
