import { posix } from 'node:path'

/** The floors of the library, the upper first; imports point down. */
const FLOORS = ['examples', 'models', 'losses', 'engine']

/** The parts of the library that are for Node alone. */
const FILES = ['models/images', 'models/node']

interface Import {
  readonly from: string
  readonly to: string
}

/** What is wrong with one import of `from`, or undefined. Local targets are paths from the root. */
type Rule = (i: Import, files: ReadonlySet<string>) => string | undefined

const floor = (path: string): number => FLOORS.indexOf(path.split('/')[0])
const isLocal = (to: string): boolean => FLOORS.includes(to.split('/')[0]) || to.startsWith('test/')
const inside = (folder: string, path: string): boolean => path.startsWith(`${folder}/`)
const forNode = (path: string): boolean => FILES.some(folder => inside(folder, path))

const RULES: readonly Rule[] = [
  ({ from, to }) =>
    isLocal(to) && floor(to) < floor(from) ? `${FLOORS.join(' -> ')} expected, an import upwards` : undefined,
  ({ from, to }) =>
    (to === 'gpu.js' || to.startsWith('gpu.js/')) && !inside('engine/backends/gpu', from)
      ? 'only engine/backends/gpu imports gpu.js'
      : undefined,
  ({ from, to }) =>
    inside('engine/testing', to) && !inside('engine/testing', from) && !inside('examples', from)
      ? 'engine/testing is for tests: no part of the library imports it'
      : undefined,
  ({ from, to }) =>
    to.startsWith('node:') && !inside('examples', from) && !forNode(from)
      ? 'the library runs in browsers: no Node module'
      : undefined,
  ({ from, to }) =>
    forNode(to) && !forNode(from) && !inside('examples', from)
      ? `${posix.dirname(to)} opens files: no other part of the library imports it`
      : undefined,
  ({ to }, files) =>
    isLocal(to) && !files.has(to) ? 'there is no such file (imports end in .ts)' : undefined,
]

const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"]+)\1/g

/** The imports, exports and dynamic imports of a source text, local ones as paths from the root. */
export function importsOf(path: string, text: string): Import[] {
  return [...text.matchAll(SPECIFIER)].map(([, , to]) => ({
    from: path,
    to: to.startsWith('.') ? posix.join(posix.dirname(path), to) : to,
  }))
}

/** `file imports what: which rule it breaks`, for every import that breaks one. */
export function violations(sources: ReadonlyMap<string, string>): string[] {
  const files = new Set(sources.keys())
  return [...sources].flatMap(([path, text]) =>
    importsOf(path, text).flatMap(i =>
      RULES.map(rule => rule(i, files)).flatMap(broken =>
        broken ? [`${path} imports ${i.to}: ${broken}`] : [],
      ),
    ),
  )
}

/**
 * The circles of imports, of types too: the files that reach each other, sorted, for each strongly connected component of
 * more than one file or of one that imports itself.
 */
export function circles(sources: ReadonlyMap<string, string>): string[][] {
  const next = new Map([...sources].map(([path, text]) => [path, importsOf(path, text).map(i => i.to)]))
  const reached = new Map([...sources.keys()].map(path => [path, reachable(path, next)]))
  return [...sources.keys()].flatMap(path => {
    const circle = [...(reached.get(path) ?? [])].filter(other => reached.get(other)?.has(path)).sort()
    return circle[0] === path ? [circle] : []
  })
}

/** What `from` imports, and what that imports, and so on; `from` itself where a circle leads back. */
function reachable(from: string, next: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set<string>()
  const stack = [from]
  for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
    for (const to of next.get(path) ?? []) {
      if (seen.has(to) || !next.has(to)) continue
      seen.add(to)
      stack.push(to)
    }
  }
  return seen
}
