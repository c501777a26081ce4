import { expect, test, vi } from 'vitest'
import { gpu } from '../../engine/backends/gpu/index.ts'
import { backend, startBackend } from '../../engine/index.ts'

vi.mock('gpu.js', () => {
  throw new Error('ERR_MODULE_NOT_FOUND')
})

const INSTALL = /^gpu: gpu\.js is not installed: npm install --ignore-scripts gpu\.js@2\.24\.1$/

test('where gpu.js is not installed, the GPU says how to install it, and auto needs none', async () => {
  for (const start of [() => gpu(), () => gpu({ mode: 'cpu' }), () => startBackend('gpu:webasm')]) {
    await expect(start()).rejects.toThrow(INSTALL)
  }
  expect((await startBackend('auto')).name).toBe(backend('auto').name)
})
