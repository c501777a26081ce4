import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { project } from '../project.ts'
import { ROOT, sh } from '../shell.ts'
import type { Check } from './check.ts'

const own = JSON.parse(readFileSync(join(ROOT, 'node_modules/typescript/package.json'), 'utf8')).version
/** The first of TypeScript 5, the last, and the one that the package is built with. */
const VERSIONS = ['5.0.4', '5.9.3', own]
const MODULES = { node16: 'node16', bundler: 'esnext' } as const

export const typescript: Check = {
  name: 'typescript',
  what: 'TypeScript with moduleResolution node16 and bundler: checks the library’s types too, compiles, runs',
  async run(context) {
    const compilers = VERSIONS.map(version => `typescript-${version}@npm:typescript@${version}`)
    const folder = await project(context, 'typescript', ...compilers)
    for (const version of VERSIONS) {
      for (const [moduleResolution, module] of Object.entries(MODULES)) {
        const outDir = `${version}-${moduleResolution}`
        const compilerOptions = {
          strict: true,
          target: 'es2022',
          types: [],
          moduleResolution,
          module,
          outDir,
        }
        writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }))
        await sh(folder, process.execPath, `node_modules/typescript-${version}/bin/tsc`)
        await sh(folder, process.execPath, `${outDir}/main.js`)
      }
    }
    return VERSIONS.join(', ')
  },
}
