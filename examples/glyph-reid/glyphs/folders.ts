import { join } from 'node:path'

/** The example's own folder, with its package.json for the fonts. */
export const HOME = join(import.meta.dirname, '..')
export const LOCK = join(HOME, 'package-lock.json')
export const MODULES = join(HOME, 'node_modules')
/** Where the built set is kept; git, the linter and the compiler pass over node_modules. */
export const CACHE = join(MODULES, '.cache', 'glyphs')
