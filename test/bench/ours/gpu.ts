import { gpu } from '../../../engine/backends/gpu/index.ts'
import * as ir from '../../../models/all.ts'
import type { GpuMode } from '../cases/gpu.ts'
import type { Adapter } from '../harness/adapter.ts'
import { type Library, prepareOp } from '../harness/library.ts'
import { library } from './adapter.ts'
import { prepareStep } from './step.ts'

/** This library on a mode of gpu.js, in a page or in Node. */
export async function open({ mode }: { mode: GpuMode }): Promise<Adapter> {
  const backend = await gpu({ mode })
  ir.setBackend(backend)
  const { renderer, software } = backend.info()
  return {
    version: `gpu:${backend.mode}`,
    note: `on ${renderer}${software ? ', which is software: the times say nothing of a graphics card' : ''}`,
    prepare: c => (c.op === 'step' ? prepareStep(c, 'stepLater') : prepareOp(onDevice, c)),
  }
}

type T = ir.Tensor

const ONE = [1, 1, 1, 1]

const onDevice: Library<T> = {
  ...library,
  read: z => z.data(),
  async finish(z) {
    const one = ir.slice(z, [], ONE.slice(0, z.rank))
    await one.data()
    one.dispose()
  },
}
