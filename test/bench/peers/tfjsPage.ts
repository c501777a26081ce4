import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import '@tensorflow/tfjs-backend-webgl'
import '@tensorflow/tfjs-backend-webgpu'
import type { Adapter } from '../harness/adapter.ts'
import { type Library, prepareOp } from '../harness/library.ts'
import { library, type T } from './tfjsLibrary.ts'
import { prepareStep } from './tfjsStep.ts'

/** TensorFlow.js in a page, on its `webgl` or its `webgpu` backend. */
export async function open({ backend }: { backend: 'webgl' | 'webgpu' }): Promise<Adapter> {
  if (!(await tf.setBackend(backend))) throw new Error(`${backend} does not start`)
  await tf.ready()
  return {
    version: tf.version_core,
    prepare: c => (c.op === 'step' ? prepareStep(c, READ[backend]) : prepareOp(onDevice[backend], c)),
  }
}

/** webgpu answers later; on webgl waiting for an answer is a poll every few milliseconds, and asking at once is not. */
const READ = {
  webgl: async (z: T) => z.dataSync(),
  webgpu: (z: T) => z.data(),
}

const finishing = (read: (z: T) => Promise<unknown>): Library<T> => ({
  ...library,
  read: z => z.data() as Promise<Float32Array>,
  async finish(z) {
    const one = tf.slice(
      z,
      z.shape.map(() => 0),
      z.shape.map(() => 1),
    )
    await read(one)
    one.dispose()
  },
})
const onDevice = { webgl: finishing(READ.webgl), webgpu: finishing(READ.webgpu) }
