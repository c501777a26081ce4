import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FAST_CHECK, project, versionOf } from '../project.ts'
import { sh } from '../shell.ts'
import type { Check } from './check.ts'

/** The first of TypeScript 5, the last, and the one that the package is built with. */
const VERSIONS = ['5.0.4', '5.9.3', versionOf('typescript')]
const MODULES = { node16: 'node16', bundler: 'esnext' } as const

/** A program, and what stands beside the package when it is compiled. */
const PROGRAMS = [
  { name: 'main', beside: [] },
  { name: 'testing', beside: [FAST_CHECK] },
]

export const typescript: Check = {
  name: 'typescript',
  what: 'TypeScript with moduleResolution node16 and bundler: checks the library’s types too, compiles, runs; gpu.js missing',
  async run(context) {
    const compilers = VERSIONS.map(version => `typescript-${version}@npm:typescript@${version}`)
    const folder = await project(context, 'typescript', ...compilers)
    for (const { name, beside } of PROGRAMS) {
      if (beside.length > 0) await sh(folder, 'npm', 'install', '--no-audit', '--no-fund', ...beside)
      for (const version of VERSIONS) await compile(folder, name, version)
    }
    return VERSIONS.join(', ')
  },
}

async function compile(folder: string, name: string, version: string): Promise<void> {
  for (const [moduleResolution, module] of Object.entries(MODULES)) {
    const outDir = `${version}-${moduleResolution}`
    const compilerOptions = {
      strict: true,
      // As what `tsc --init` writes since 5.9.
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      target: 'es2022',
      types: [],
      moduleResolution,
      module,
      outDir,
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [`${name}.ts`] }))
    await sh(folder, process.execPath, `node_modules/typescript-${version}/bin/tsc`)
    await sh(folder, process.execPath, `${outDir}/${name}.js`)
  }
}
