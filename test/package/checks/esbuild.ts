import { join } from 'node:path'
import { build } from 'esbuild'
import { GPU_JS, project } from '../project.ts'
import { sh } from '../shell.ts'
import type { Check } from './check.ts'

export const esbuild: Check = {
  name: 'esbuild',
  what: 'one minified file for Node, by esbuild: reference, wasm and gpu.js in it',
  async run(context) {
    const folder = await project(context, 'esbuild', GPU_JS)
    await build({
      absWorkingDir: folder,
      entryPoints: ['main.js'],
      outfile: 'main.min.mjs',
      logLevel: 'silent',
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
    })
    await sh(folder, process.execPath, join(folder, 'main.min.mjs'))
    return ''
  },
}
