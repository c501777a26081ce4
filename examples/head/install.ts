import { fileURLToPath } from 'node:url'
import { installPackages } from '../packages.ts'
import type { Ort } from './ort.ts'

const HOME = fileURLToPath(new URL('.', import.meta.url)).replace(/[\\/]$/, '')

/** onnxruntime-web, beside this file, where it is not. */
export const installOrt = (say: (line: string) => void): void =>
  installPackages(HOME, 'onnxruntime-web (120 MB)', say)

/** onnxruntime-node where somebody has installed it, which is faster and is no package of this example; else onnxruntime-web. */
export async function nodeOrt(): Promise<{ name: string; ort: Ort }> {
  try {
    return { name: 'onnxruntime-node', ort: await import('onnxruntime-node') }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
  }
  const ort = await import('onnxruntime-web')
  // More threads than one would keep the process from ending.
  ort.env.wasm.numThreads = 1
  return { name: 'onnxruntime-web', ort }
}
