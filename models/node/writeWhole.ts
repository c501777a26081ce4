import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Writes beside the file first, so that there is the whole file or the one before, and never half of it: also where the
 * power fails, since the bytes are on the disk before the name is. Throws, with the file and the reason, and leaves nothing
 * behind, where that cannot be.
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const draft = `${path}.${process.pid}.tmp`
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeThrough(draft, content)
    renameSync(draft, path)
    syncFolder(dirname(path))
  } catch (error) {
    try {
      rmSync(draft, { force: true })
    } catch {
      // Where a parent is a file, there is no draft either, and the first error says so.
    }
    throw new Error(`${path}: not written: ${(error as Error).message}`, { cause: error })
  }
}

/** Removes what processes that were killed left of their writing in the folder, if there is one. */
export function removeDrafts(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const draft = /\.(\d+)\.tmp$/.exec(name)
    if (draft !== null && !alive(Number(draft[1]))) rmSync(join(folder, name), { force: true })
  }
}

/** Writes, or with `flag` 'a' appends; on the disk when this returns. */
export function writeThrough(path: string, content: string | Uint8Array, flag: 'w' | 'a' = 'w'): void {
  const file = openSync(path, flag)
  try {
    writeFileSync(file, content)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** The new name. Windows opens no folders, and keeps names by itself. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

/** Whether a process of this machine with that number runs. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It runs for another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
