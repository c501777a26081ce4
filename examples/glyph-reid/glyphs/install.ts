import { installPackages } from '../../packages.ts'
import { HOME } from './folders.ts'

/** Installs the fonts where they are not. */
export const installFonts = (say: (line: string) => void): void =>
  installPackages(HOME, 'the fonts (106 packages, 30 MB)', say)
