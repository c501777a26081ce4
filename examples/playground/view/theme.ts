import { classColor } from '../../page/colors.ts'

/** The page's colours, which its style sheet holds, light or dark. */
export interface Colors {
  readonly ink: string
  readonly soft: string
  readonly rule: string
  readonly mark: string
  readonly page: string
  /** Of the two sides. */
  readonly sides: readonly [left: string, right: string]
  /** Of class j out of so many, lighter where the page is dark. */
  ofClass(j: number, classes: number): string
}

let known: Colors | undefined

export function colors(): Colors {
  if (known !== undefined) return known
  const style = getComputedStyle(document.documentElement)
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  const white = Number(of('white'))
  known = {
    ink: of('ink'),
    soft: of('soft'),
    rule: of('rule'),
    mark: of('mark'),
    page: of('page'),
    sides: [of('left'), of('right')],
    ofClass: (j, classes) => lighter(classColor(j, classes), white),
  }
  return known
}

/** A colour `#rrggbb` with so much white in it. */
export function lighter(color: string, share: number): string {
  const parts = [1, 3, 5].map(at => Number.parseInt(color.slice(at, at + 2), 16))
  return `rgb(${parts.map(part => Math.round(part + share * (255 - part))).join(' ')})`
}

/** Follows the system's choice of light or dark, and the button that turns it round; `changed` hears of either. */
export function followTheme(button: HTMLButtonElement, changed: () => void): void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const root = document.documentElement
  const isDark = (): boolean => (root.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark'
  const tell = (): void => {
    known = undefined
    button.setAttribute('aria-pressed', String(isDark()))
    changed()
  }
  dark.addEventListener('change', tell)
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark'
    tell()
  })
  tell()
}
