import { blockUntilReady, defaultDevice, init } from '@jax-js/jax'
import type { Adapter } from '../harness/adapter.ts'
import { type Library, prepareOp } from '../harness/library.ts'
import { library, type T } from './jaxJsLibrary.ts'
import { prepareStep } from './jaxJsStep.ts'

/** jax-js in a page, on its `webgpu` device. */
export async function open({ version }: { version: string }): Promise<Adapter> {
  if (!(await init('webgpu')).includes('webgpu')) throw new Error('webgpu does not start')
  defaultDevice('webgpu')
  return { version, prepare: c => (c.op === 'step' ? prepareStep(c) : prepareOp(onDevice, c)) }
}

const onDevice: Library<T> = {
  ...library,
  /** All of z first: of an operation that nothing else asks for, it might compute the one element alone. */
  async finish(z) {
    await blockUntilReady(z)
    await z.ref.slice(...z.shape.map(() => 0)).data()
  },
}
