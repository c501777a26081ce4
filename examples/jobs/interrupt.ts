/** One Ctrl-C may reach us twice, from the terminal and from npm; only a later one means "at once". */
const SAME_PRESS = 1000
/** How a process ends that was interrupted. */
export const INTERRUPTED = 130

/** Aborted by Ctrl-C and by SIGTERM; a second one ends the process. */
export function onInterrupt(): AbortSignal {
  const controller = new AbortController()
  let first = 0
  const stop = (): void => {
    if (!controller.signal.aborted) {
      first = performance.now()
      controller.abort()
    } else if (performance.now() - first > SAME_PRESS) process.exit(INTERRUPTED)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return controller.signal
}
