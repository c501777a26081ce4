export interface PaceOptions {
  /** Into how many parts the way is cut. Default 10. */
  readonly parts?: number
  /** Milliseconds after which there is a line all the same. Default 10 s. */
  readonly silence?: number
}

/**
 * When to say how a run gets on where no bar can be drawn: told each step from `done` to `last`, answers `true` as a part of
 * the way is done, the last among them, and where nothing was said for a while.
 */
export function pace(
  last: number,
  done = 0,
  { parts = 10, silence = 10_000 }: PaceOptions = {},
): (step: number) => boolean {
  let [reached, said] = [0, performance.now()]
  return step => {
    const part = Math.floor((parts * (step - done)) / (last - done))
    const now = performance.now()
    if (part <= reached && now - said < silence) return false
    ;[reached, said] = [part, now]
    return true
  }
}
