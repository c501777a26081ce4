import { createdFrom } from '../../engine/backends/gpu/nodeWebGPU.ts'

// The package beside this file, which the library's own modules do not find: that they find one that is installed beside
// them is shown by `npm run test:package webgpu`.
const gpu = await createdFrom(import.meta.url)
Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true })
