import { readFileSync } from 'node:fs'
import { withSwiftShader } from '../../webgpu/driver.ts'
import { GPU_JS, project } from '../project.ts'
import { sh } from '../shell.ts'
import type { Check } from './check.ts'

const { dependencies } = JSON.parse(
  readFileSync(new URL('../../webgpu/package.json', import.meta.url), 'utf8'),
) as { dependencies: { webgpu: string } }

export const webgpu: Check = {
  name: 'webgpu',
  what: 'plain Node with the package webgpu: trains on WebGPU, and ends by itself',
  async run(context) {
    const folder = await project(context, 'webgpu', GPU_JS, `webgpu@${dependencies.webgpu}`)
    const env = withSwiftShader(process.env)
    return (await sh({ cwd: folder, env }, process.execPath, 'main.mjs')).trim()
  },
}
