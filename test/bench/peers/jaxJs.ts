import { defaultDevice, init } from '@jax-js/jax'
import type { Adapter } from '../harness/adapter.ts'
import { prepareOp } from '../harness/library.ts'
import { library } from './jaxJsLibrary.ts'
import { prepareNetInfer, prepareNetStep } from './jaxJsNet.ts'
import { prepareStep } from './jaxJsStep.ts'
import { versionOf } from './version.ts'

/** jax-js on its `wasm` device. */
export async function open(): Promise<Adapter> {
  await init('wasm')
  defaultDevice('wasm')
  return {
    version: versionOf('@jax-js/jax'),
    prepare(c) {
      if (c.op === 'netStep') return prepareNetStep(c)
      if (c.op === 'netInfer') return prepareNetInfer(c)
      return c.op === 'step' ? prepareStep(c) : prepareOp(library, c)
    },
  }
}
