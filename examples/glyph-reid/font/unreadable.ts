export type Reason = 'CFF outlines' | 'another format' | 'broken'

/** A file that gives no outlines, and why. */
export class UnreadableFont extends Error {
  constructor(
    readonly reason: Reason,
    detail: string,
  ) {
    super(`${reason}: ${detail}`)
  }
}

export function broken(detail: string): never {
  throw new UnreadableFont('broken', detail)
}

/** Runs `read`; a read past the end of a table, or bytes that do not inflate, is a broken font. */
export function reading<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    const inflating = String((error as NodeJS.ErrnoException).code).startsWith('Z_')
    if (error instanceof RangeError || inflating) broken((error as Error).message)
    throw error
  }
}
