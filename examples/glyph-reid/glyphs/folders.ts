import { join } from 'node:path'
import { installPackages } from '../../packages.ts'

/** The example's own folder, with its package.json for the fonts. */
export const HOME = join(import.meta.dirname, '..')
export const LOCK = join(HOME, 'package-lock.json')
export const MODULES = join(HOME, 'node_modules')
/** Where the built set is kept; git, the linter and the compiler pass over node_modules. */
export const CACHE = join(MODULES, '.cache', 'glyphs')

/** Installs the fonts where they are not. */
export const installFonts = (say: (line: string) => void): void =>
  installPackages(HOME, 'the fonts (106 packages, 30 MB)', say)
