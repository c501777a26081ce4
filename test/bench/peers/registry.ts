import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { GpuMode } from '../cases/gpu.ts'
import type { Entry } from '../harness/contestant.ts'
import { BEFORE_ADAPTER, buildBefore } from './before.ts'

export interface PeerRow extends Entry {
  /** The package beside package.json that it needs, if it is one of Node. */
  readonly package?: string
  /** Makes what it needs besides. Gives why it could not. */
  readonly build?: () => string | undefined
  /** Where it takes part unless named. Default: in kernels. */
  readonly groups?: readonly PeerGroup[]
  /** In nets and with many classes it gets the threads that ours has. */
  readonly threads?: true
}

export type PeerGroup = 'kernels' | 'nets' | 'search' | 'classes'

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/**
 * glibc gives memory of this size and more back at once, and takes it anew: PyTorch would then be timed for page
 * faults, some five times slower. Kept instead, as every other contestant keeps its memory.
 */
const KEEP_MEMORY = {
  MALLOC_MMAP_THRESHOLD_: String(2 ** 32 - 1),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 32 - 1),
  MALLOC_TOP_PAD_: String(2 ** 28),
}

const threadsOf = (n: number) => ({ OMP_NUM_THREADS: String(n), OPENBLAS_NUM_THREADS: String(n) })

/** Python on one thread; it keeps the sources' folder clean. */
const PYTHON = {
  command: '/usr/bin/python3',
  env: { ...KEEP_MEMORY, ...threadsOf(1), PYTHONDONTWRITEBYTECODE: '1' },
}

/** How a row's process starts with so many threads. */
export function startWith({ start }: PeerRow, threads: number): Entry['start'] {
  return 'adapter' in start
    ? { ...start, options: { ...start.options, threads } }
    : { ...start, env: { ...start.env, ...threadsOf(threads) } }
}

const BOTH: readonly PeerGroup[] = ['kernels', 'nets']
const NETS: readonly PeerGroup[] = ['nets']

/** One row a peer; each runs on one thread. */
export const PEERS = [
  {
    name: 'before',
    build: buildBefore,
    groups: ['nets', 'search'],
    threads: true,
    start: { adapter: BEFORE_ADAPTER, options: { backend: 'wasm', threads: 1, before: true } },
  },
  {
    name: 'tfjs-wasm',
    groups: BOTH,
    package: '@tensorflow/tfjs-backend-wasm',
    start: { adapter: file('tfjs.ts'), options: { backend: 'wasm' } },
  },
  {
    name: 'tfjs-cpu',
    package: '@tensorflow/tfjs-backend-cpu',
    start: { adapter: file('tfjs.ts'), options: { backend: 'cpu' } },
  },
  {
    name: 'jax-js',
    groups: BOTH,
    package: '@jax-js/jax',
    // Each of its kernels is a module of its own, and some take seconds a call: in V8's baseline code, which is where
    // they would spend the few calls they get, four times as many.
    start: { adapter: file('jaxJs.ts'), options: {}, flags: ['--no-liftoff'] },
  },
  {
    name: 'onnxruntime-web',
    package: 'onnxruntime-web',
    groups: NETS,
    // In Node it starts no worker that could be a second thread.
    start: { adapter: file('onnxruntime.ts'), options: { package: 'onnxruntime-web', threads: 1 } },
  },
  {
    name: 'onnxruntime-node',
    package: 'onnxruntime-node',
    groups: NETS,
    threads: true,
    start: { adapter: file('onnxruntime.ts'), options: { package: 'onnxruntime-node', threads: 1 } },
  },
  {
    name: 'numpy',
    groups: ['search'],
    start: { ...PYTHON, args: [file('numpy_peer.py')] },
  },
  { name: 'js-pytorch', package: 'js-pytorch', start: { adapter: file('jsPytorch.ts'), options: {} } },
  {
    name: 'torch',
    groups: [...BOTH, 'classes'],
    threads: true,
    start: { ...PYTHON, args: [file('pytorch.py')] },
  },
] as const satisfies readonly PeerRow[]

/** This library in another way, beside itself: by name only. */
export const WAYS = [
  {
    name: 'exact',
    start: { adapter: file('../ours/adapter.ts'), options: { backend: 'wasm', threads: 1, exact: true } },
  },
] as const satisfies readonly PeerRow[]

/** A peer of the GPU's modes, beside the mode of ours that computes by the same means. */
export interface GpuPeerRow {
  readonly name: string
  readonly mode: GpuMode
  readonly package: string
  readonly adapter: string
  readonly options: object
}

export const GPU_PEERS = [
  {
    name: 'tfjs-webgl',
    mode: 'webgl2',
    package: '@tensorflow/tfjs-backend-webgl',
    adapter: file('tfjsPage.ts'),
    options: { backend: 'webgl' },
  },
  {
    name: 'tfjs-webgpu',
    mode: 'webgpu',
    package: '@tensorflow/tfjs-backend-webgpu',
    adapter: file('tfjsPage.ts'),
    options: { backend: 'webgpu' },
  },
  {
    name: 'jax-js',
    mode: 'webgpu',
    package: '@jax-js/jax',
    adapter: file('jaxJsPage.ts'),
    options: {},
  },
  {
    name: 'js-pytorch',
    mode: 'headlessgl',
    package: 'js-pytorch',
    adapter: file('jsPytorch.ts'),
    options: { device: 'gpu' },
  },
] as const satisfies readonly GpuPeerRow[]

export const isInstalled = (row: PeerRow | GpuPeerRow): boolean =>
  row.package === undefined || existsSync(file(`../node_modules/${row.package}/package.json`))
