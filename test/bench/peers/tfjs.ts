import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
// The package's bundle for Node leaves the gradients out; this file registers them with the bundle's engine, which is a global. By its
// path, since Node itself does not load it.
import '../node_modules/@tensorflow/tfjs-core/dist/register_all_gradients.js'
import type { Adapter } from '../harness/adapter.ts'
import { prepareOp } from '../harness/library.ts'
import { library } from './tfjsLibrary.ts'
import { prepareNetInfer, prepareNetStep } from './tfjsNet.ts'
import { prepareStep } from './tfjsStep.ts'

/** TensorFlow.js on its `wasm` or its `cpu` backend. */
export async function open({ backend }: { backend: 'wasm' | 'cpu' }): Promise<Adapter> {
  if (backend === 'wasm') {
    const wasm = await import('@tensorflow/tfjs-backend-wasm')
    wasm.setWasmPaths(`${dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm')))}/`)
    // In Node it never starts more; said here so that it stays so.
    wasm.setThreadsCount(1)
  } else await import('@tensorflow/tfjs-backend-cpu')
  await tf.setBackend(backend)
  await tf.ready()
  const simd = backend === 'wasm' && (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) !== true
  return {
    version: tf.version_core,
    note: simd ? 'without SIMD' : undefined,
    prepare(c) {
      if (c.op === 'netStep') return prepareNetStep(c)
      if (c.op === 'netInfer') return prepareNetInfer(c)
      return c.op === 'step' ? prepareStep(c, z => z.dataSync()) : prepareOp(library, c)
    },
  }
}
