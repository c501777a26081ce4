import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A typeface of a family: one weight, upright or italic. */
export interface Face {
  /** pt-serif/400i, dejavu-sans/DejaVuSans-Bold */
  readonly name: string
  readonly family: string
  /** The family's plain upright face is preferred where one stands for all: 2, then 1, then italics. */
  readonly plainness: 0 | 1 | 2
}

export interface Source {
  readonly face: Face
  /** What the face consists of: often a file a script. */
  readonly files: readonly string[]
}

/** Every face in a folder of installed packages (`@fontsource/*` and `dejavu-fonts-ttf`), in alphabetical order. */
export function sourcesIn(modules: string): Source[] {
  return [...fontsource(join(modules, '@fontsource')), ...dejaVu(join(modules, 'dejavu-fonts-ttf', 'ttf'))]
}

const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : [])

/** <family>-<subset>-<weight>-<style>.woff; the .woff2 beside it holds the same glyphs. */
function fontsource(folder: string): Source[] {
  return names(folder).flatMap(family => {
    const files = new Map<string, string[]>()
    for (const file of names(join(folder, family, 'files'))) {
      const [, start, weight, style] = file.match(/^(.*)-(\d{3})-(normal|italic)\.woff$/) ?? []
      if (start === undefined) continue
      // Numbered subsets are slices of a Chinese, Japanese or Korean font that is there as a whole too.
      if (/^\d+$/.test(start.slice(family.length + 1))) continue
      const face = `${weight}${style === 'italic' ? 'i' : ''}`
      const list = files.get(face) ?? []
      files.set(face, list)
      list.push(join(folder, family, 'files', file))
    }
    return [...files].map(([face, files]) => {
      const plainness = face === '400' ? 2 : face.endsWith('i') ? 0 : 1
      return { face: { name: `${family}/${face}`, family, plainness }, files }
    })
  })
}

/** One package for four families, a file a face. */
function dejaVu(folder: string): Source[] {
  return names(folder)
    .filter(file => file.endsWith('.ttf'))
    .map(file => {
      const kind = ['Serif', 'Mono', 'Math'].find(word => file.includes(word)) ?? 'Sans'
      const family = `dejavu-${kind === 'Mono' ? 'sans-mono' : kind.toLowerCase()}`
      const style = file.replace('.ttf', '')
      const plain = /^DejaVu(Sans|Serif|SansMono)$|Math/.test(style)
      const plainness = plain ? 2 : /Italic|Oblique/.test(style) ? 0 : 1
      return { face: { name: `${family}/${style}`, family, plainness }, files: [join(folder, file)] }
    })
}
