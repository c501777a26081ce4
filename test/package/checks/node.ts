import { FAST_CHECK, GPU_JS, project } from '../project.ts'
import { sh } from '../shell.ts'
import type { Check } from './check.ts'

export const node: Check = {
  name: 'node',
  what: 'plain Node, ES modules: every entry point, reference, wasm on threads, gpu.js loaded when asked for',
  async run(context) {
    const folder = await project(context, 'node', GPU_JS, FAST_CHECK)
    await sh(folder, process.execPath, 'main.mjs')
    return `Node ${process.versions.node}`
  },
}
