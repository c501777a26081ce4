import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { ROOT } from '../../../examples/docs/markdown.ts'

const LINK = /\[`([^`]+)`\]\(([^)#]+)#L(\d+)\)/g

/**
 * The page at `path` with each link [`code`](file#L12) leading to the line of the file that holds the code. Throws unless
 * exactly one line does.
 */
export const withLines = (path: string, text: string): string =>
  text.replace(LINK, (_, code: string, file: string) => {
    const target = posix.join(posix.dirname(path), file)
    const lines = readFileSync(join(ROOT, target), 'utf8').split('\n')
    const found = lines.flatMap((line, i) => (line.includes(code) ? [i + 1] : []))
    if (found.length !== 1)
      throw new Error(
        `${path}: one line with ${code} expected in ${target}, got ${found.join(', ') || 'none'}`,
      )
    return `[\`${code}\`](${file}#L${found[0]})`
  })
