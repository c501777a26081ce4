import { readFileSync, statSync } from 'node:fs'
import type { FileBytes } from './decode.ts'

/** A file or folder that is not taken, and why. */
export interface LeftOut {
  readonly file: string
  readonly reason: string
}

/** A file of a list that cannot be read. */
export interface Unreadable extends LeftOut {
  /** Its index in the list, from 0. */
  readonly index: number
}

/** How many files an error or a warning names; the rest is a count, and all are in the error's `unreadable`. */
const NAMED = 100

/** All files of a run that cannot be read. */
export class UnreadableError extends Error {
  /** All of them; those of a list of files have an `index` in it. */
  readonly unreadable: readonly LeftOut[]

  constructor(op: string, unreadable: readonly LeftOut[], files: number) {
    const count = `${counted(unreadable.length)} of ${counted(files)} files cannot be read`
    super(`${op}: ${unreadable.length === 1 ? unreadable[0].reason : `${count}:\n${listed(unreadable)}`}`)
    this.unreadable = unreadable
  }
}

export const counted = (n: number): string => n.toLocaleString('en')

export function listed(unreadable: readonly LeftOut[]): string {
  const lines = unreadable.slice(0, NAMED).map(({ reason }) => `  ${reason}`)
  const more = unreadable.length - lines.length
  return [...lines, ...(more > 0 ? [`  and ${counted(more)} more`] : [])].join('\n')
}

/** A file's bytes, or why there are none. What is no file, such as a pipe, is not opened: it might never end. */
export function readBytes(file: string): FileBytes | Error {
  const wrong = (got: string): Error => new Error(`a file expected at ${file}, got ${got}`)
  try {
    const stat = statSync(file)
    if (stat.isDirectory()) return wrong('a folder')
    return stat.isFile() ? { file, bytes: readFileSync(file) } : wrong('no regular file')
  } catch (error) {
    return wrong((error as NodeJS.ErrnoException).code ?? (error as Error).message)
  }
}
