import type { Context } from '../project.ts'

/** Something that the package must hold; `run` gives what is worth a word, and throws when it does not. */
export interface Check {
  readonly name: string
  readonly what: string
  run(context: Context): Promise<string>
}

/** More lines than that say no more. */
const MOST = 10

/** Throws a list of what is wrong, if anything is. */
export function failIfAny(what: string, wrong: readonly string[]): void {
  if (wrong.length === 0) return
  const more = wrong.length > MOST ? [`and ${wrong.length - MOST} more`] : []
  throw new Error([`${what}:`, ...wrong.slice(0, MOST), ...more].join('\n  '))
}
