import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin']

/** An installed Chromium: the one that the variable CHROMIUM names, or the first on the path. */
export const findChromium = (): string =>
  find('Chromium', ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'], 'chromium')

/** An installed Firefox: the one that the variable FIREFOX names, or the first on the path. */
export const findFirefox = (): string => find('Firefox', ['firefox-esr', 'firefox'], 'firefox-esr')

function find(title: string, names: readonly string[], debian: string): string {
  const variable = title.toUpperCase()
  const named = process.env[variable]
  const all = FOLDERS.flatMap(folder => names.map(name => join(folder, name)))
  const found = (named ? [named] : all).find(runs)
  if (found !== undefined) return found
  throw new Error(
    `an installed ${title} expected, got ${named || `none of ${names.join(', ')} on the path`}. ` +
      `Debian, Ubuntu: apt-get install ${debian}. Elsewhere: ${variable}=/path/to/${title.toLowerCase()} before the command`,
  )
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
