import { expect, inject } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { type Gpu, gpu, type Mode } from '../../engine/backends/gpu/index.ts'
import { BACKENDS, GPU } from '../../engine/backends/registry.ts'
import { thisHost } from '../../engine/backends/wasm/features.ts'

/** A backend under test. */
export interface Subject<B extends Backend = Backend> {
  readonly name: string
  readonly tolerance: number
  /** Random cases a test. */
  readonly runs: number
  create(): Promise<B>
}

export interface GpuSubject extends Subject<Gpu> {
  readonly mode: Mode
}

/** gpu:webgl2, and so on. */
const PREFIX = 'gpu:'

/** The backends that this run of the tests is about, as its configuration says: the same tests for each. */
export const subjects = (): Subject[] => inject('backends').flatMap(name => subject(name))

/** Those among them that are a mode of the GPU's. */
export const gpuSubjects = (): GpuSubject[] =>
  inject('backends')
    .filter(name => name.startsWith(PREFIX))
    .map(gpuSubject)

function subject(name: string): Subject[] {
  if (name.startsWith(PREFIX)) return [gpuSubject(name)]
  const row = BACKENDS.find(row => row.name === name)
  if (row === undefined) throw new Error(`backends: a row of the registry expected, got ${name}`)
  if (!row.available(thisHost())) return []
  return [{ name, tolerance: row.tolerance, runs: 30, create: async () => row.create() }]
}

function gpuSubject(name: string): GpuSubject {
  const mode = name.slice(PREFIX.length) as Mode
  return { name, mode, tolerance: GPU.tolerance, runs: 10, create: () => start(mode) }
}

/** The GPU in that mode, and in no other. */
async function start(mode: Mode): Promise<Gpu> {
  const backend = await gpu({ mode })
  expect([backend.mode, backend.info().mode]).toEqual([mode, mode])
  return backend
}
