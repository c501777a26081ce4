import { expect, inject } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { type Gpu, gpu, type Mode } from '../../engine/backends/gpu/index.ts'
import { BACKENDS, GPU } from '../../engine/backends/registry.ts'
import { thisHost } from '../../engine/backends/wasm/features.ts'
import type { Accuracy } from './parity.ts'

/** A backend under test. */
export interface Subject<B extends Backend = Backend> extends Accuracy {
  readonly name: string
  /** Random cases a test. */
  readonly runs: number
  create(): Promise<B>
}

export interface GpuSubject extends Subject<Gpu> {
  readonly mode: Mode
}

/** Modes on the processor: they share their kernels with the others, and take time from everybody's tests. */
const HOST: ReadonlySet<Mode> = new Set(['cpu', 'webasm'])

/** The backends that this run of the tests is about, as its configuration says: the same tests for each. */
export const subjects = (): Subject[] => [...(inject('registry') ? rows() : []), ...gpuSubjects()]

/** Those among them that are a mode of the GPU's. */
export const gpuSubjects = (): GpuSubject[] =>
  inject('modes').map(mode => ({
    name: `gpu:${mode}`,
    mode,
    tolerance: GPU.tolerance,
    // GPUs and software renderers have no numbers below the normal ones.
    smallest: HOST.has(mode) ? undefined : 2 ** -126,
    runs: HOST.has(mode) ? 5 : 20,
    create: () => start(mode),
  }))

const rows = (): Subject[] =>
  BACKENDS.filter(row => row.available(thisHost())).map(({ name, tolerance, create }) => ({
    name,
    tolerance,
    runs: 30,
    create: async () => create(),
  }))

/** The GPU in that mode, and in no other. */
async function start(mode: Mode): Promise<Gpu> {
  const backend = await gpu({ mode })
  expect([backend.mode, backend.info().mode]).toEqual([mode, mode])
  return backend
}
