import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { project } from '../project.ts'
import { type Check, failIfAny } from './check.ts'

/** What stands beside the built files. */
const BESIDE = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']
const BUILT = /^dist\/(engine|losses|models)\/.*\.(js|d\.ts|js\.map)$/

interface SourceMap {
  readonly sources: readonly string[]
  readonly sourcesContent?: readonly (string | null)[]
}

export const contents: Check = {
  name: 'contents',
  what: 'modules, types and source maps of the library, and nothing else',
  async run(context) {
    const { files } = context.tarball
    const folder = join(await project(context, 'contents'), 'node_modules', 'ir-softmax')
    const all = new Set(files)
    const modules = files.filter(file => file.endsWith('.js'))
    failIfAny(
      'files that do not belong there',
      files.filter(f => !BUILT.test(f) && !BESIDE.includes(f)),
    )
    failIfAny('files that are missing', [
      ...BESIDE.filter(file => !all.has(file)),
      ...modules.flatMap(file => [file.replace(/\.js$/, '.d.ts'), `${file}.map`].filter(f => !all.has(f))),
    ])
    // TypeScript gives typed arrays a parameter since 5.7, and writes it where a type is left to it.
    failIfAny(
      'types that TypeScript 5.0 does not take: say Int32Array in the source',
      files.filter(
        f => f.endsWith('.d.ts') && /Array<ArrayBuffer/.test(readFileSync(join(folder, f), 'utf8')),
      ),
    )
    failIfAny(
      'modules whose source map gives no sources',
      modules.filter(file => !mapped(join(folder, file))),
    )
    const { exports, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    failIfAny(
      'entry points without a file',
      Object.values<Record<string, string>>(exports)
        .flatMap(conditions => Object.values(conditions))
        .filter(file => !existsSync(join(folder, file))),
    )
    const changes = readFileSync(join(folder, 'CHANGELOG.md'), 'utf8')
    if (!changes.includes(`## [${version}]`))
      throw new Error(`a chapter [${version}] expected in CHANGELOG.md`)
    return `${modules.length} modules, version ${version}`
  },
}

/** Does the module name a map, and the map hold the sources it names? */
function mapped(module: string): boolean {
  const name = /\/\/# sourceMappingURL=(.+)\s*$/.exec(readFileSync(module, 'utf8'))?.[1]
  if (name === undefined) return false
  const { sources, sourcesContent = [] }: SourceMap = JSON.parse(
    readFileSync(join(module, '..', name), 'utf8'),
  )
  return sources.length > 0 && sources.every((_, i) => Boolean(sourcesContent[i]))
}
