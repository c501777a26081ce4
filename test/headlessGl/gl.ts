import { createRequire } from 'node:module'

/** What the optional package `gl` can do here: it is not compiled, it finds no display, or it draws. */
export function headlessGl(): 'not compiled' | 'no display' | 'draws' {
  let gl: (width: number, height: number) => unknown
  try {
    gl = createRequire(import.meta.url)('gl')
  } catch {
    // Not there, or compiled for another Node.
    return 'not compiled'
  }
  return gl(1, 1) === null ? 'no display' : 'draws'
}
