import {
  checkGiven,
  checkInteger,
  checkOptions,
  type OptionNames,
  refusal,
  shown,
} from '../../engine/check.ts'
import {
  type Backend,
  defaultBackend,
  noGrad,
  permute,
  type Tensor,
  tensor,
  tidy,
} from '../../engine/index.ts'
import { checkArray } from '../evaluation/numbers.ts'
import { elements, readSafetensors, writeSafetensors } from '../interchange/safetensors/format.ts'
import { checkSamples, type Source, sourceOf } from './source.ts'

/** Vectors as runtimes give them: row-major, [B,D], or more axes that count as one. */
export interface Vectors {
  readonly data: ArrayLike<number>
  readonly dims: readonly number[]
}

/** The part of a session of onnxruntime-web or -node that is used. */
export interface OnnxSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  run(feeds: never): Promise<Readonly<Record<string, unknown>>>
}

/** Where vectors are kept from one run to the next: `folderCache` of `ir-softmax/node`, or what a page has. */
export interface VectorCache {
  read(key: string): Promise<Uint8Array | undefined>
  write(key: string, bytes: Uint8Array): Promise<void>
}

export interface EmbedWithOptions {
  /** Samples at a time. Default 32. */
  batch?: number
  /** Keeps the vectors, batch by batch, so that a run which was stopped goes on. Default none. */
  cache?: VectorCache
  /** What the cache calls them: of the model and of the data, as they are now. Needed with a cache. */
  key?: string
  /** Where batches are made. Default: the one set by `setBackend`. */
  backend?: Backend
}

const KNOWN = {
  batch: ['batchSize'],
  cache: true,
  key: ['name'],
  backend: ['device'],
} satisfies OptionNames<EmbedWithOptions>

/** Vectors of a batch, from samples of any kind. */
export type Embedder<T> = (batch: readonly T[]) => Promise<Vectors>

/**
 * What a frozen model makes of N samples, as a `Source` of vectors [N,D] to train a head or class centres on; every sample goes through
 * the model once. `model` is a function of a batch of anything: file names for a pipeline of @huggingface/transformers, which gives
 * `{ data, dims }`; for tensors and images `onnxEmbedder(session, ort.Tensor, x)` makes one of row numbers.
 *
 *     const x = await embedWith(files => extractor([...files], { pooling: 'mean' }), files, { cache: folderCache('vectors'), key: 'dino' })
 *     const trainer = new Trainer({ net: layers.linear({ in: x.shape[1], out: 64, seed: 0 }), loss, optimizer, x, y })
 *
 * Vectors are kept outside the backend's memory, as float32. What a cache has under the key is taken as it is: give another
 * key to another model or other data. Throws where a batch has other sizes than it should, where a vector is not finite, and on a
 * cached batch that does not fit.
 */
export async function embedWith<T>(
  model: Embedder<T>,
  samples: readonly T[],
  options: EmbedWithOptions = {},
): Promise<Source> {
  const op = 'embedWith'
  if (typeof model !== 'function') {
    throw refusal(
      op,
      'a model as a function of a batch, such as onnxEmbedder(session, ort.Tensor, x),',
      model,
    )
  }
  if (!Array.isArray(samples) || samples.length === 0)
    throw refusal(op, 'samples as a list of at least one', samples)
  checkOptions(op, options, KNOWN)
  const { batch = 32, cache, key, backend = defaultBackend('float32') } = options
  checkInteger(op, 'batch', batch, 1)
  if (cache !== undefined && typeof key !== 'string')
    throw refusal(op, 'key as a text, as there is a cache,', key)
  const n = samples.length
  let vectors = new Float32Array(0)
  let dim = 0
  for (let start = 0; start < n; start += batch) {
    const count = Math.min(batch, n - start)
    const name = `${key}-${start}-${count}-of-${n}`
    const kept = await cache?.read(name)
    const known = kept && readVectors(`${op}: ${name}`, kept)
    const found = known ?? vectorsOf(op, await model(samples.slice(start, start + count)), count)
    if (start === 0) {
      dim = found.length / count
      if (!(Number.isInteger(dim) && dim >= 1))
        throw new Error(
          `${op}: ${count} vectors of one length expected of samples 0.., got ${found.length} numbers`,
        )
      vectors = new Float32Array(n * dim)
    }
    if (found.length !== count * dim) {
      throw new Error(
        `${op}: ${count} vectors of ${dim} numbers expected of samples ${start}.., got ${found.length} numbers`,
      )
    }
    const odd = found.findIndex(x => !Number.isFinite(x))
    if (odd >= 0)
      throw new Error(
        `${op}: finite vectors expected, got ${found[odd]} in that of sample ${start + Math.floor(odd / dim)}`,
      )
    vectors.set(found, start * dim)
    if (known === undefined) await cache?.write(name, writeVectors(found))
  }
  return vectorSource(vectors, dim, backend)
}

function vectorsOf(op: string, given: Vectors, count: number): Float32Array {
  if (typeof given?.data?.length !== 'number') throw refusal(op, 'vectors as { data, dims }', given)
  const { data, dims } = given
  if (dims !== undefined) {
    checkArray(op, 'dims', dims)
    if (dims[0] !== count || dims.reduce((size, n) => size * n) !== data.length)
      throw new Error(
        `${op}: dims [${count}, ..] of ${data.length} numbers in all expected, got [${dims.join(', ')}]`,
      )
  }
  return Float32Array.from(given.data)
}

const writeVectors = (values: Float32Array): Uint8Array =>
  writeSafetensors('embedWith', [{ name: 'vectors', dtype: 'F32', shape: [values.length], values }], {})

function readVectors(what: string, bytes: Uint8Array): Float32Array {
  const { entries, data } = readSafetensors(what, bytes)
  const entry = entries.find(({ name }) => name === 'vectors')
  if (entry === undefined)
    throw new Error(`${what}: vectors expected, got ${entries.map(({ name }) => name)}`)
  return elements(what, entry, data, 'float32').values as Float32Array
}

/** The rows of vectors[N D], as samples. */
function vectorSource(vectors: Float32Array, dim: number, backend: Backend): Source {
  const n = vectors.length / dim
  function rows(picks: ArrayLike<number>): Tensor {
    const values = new Float32Array(picks.length * dim)
    for (let i = 0; i < picks.length; i++) {
      const at = picks[i]
      if (!(Number.isInteger(at) && at >= 0 && at < n))
        throw refusal('embedWith', `rows from 0 to ${n - 1}`, at)
      values.set(vectors.subarray(at * dim, (at + 1) * dim), i * dim)
    }
    return tensor(values, { shape: [picks.length, dim], backend })
  }
  return { shape: [n, dim], backend, rows, draw: picks => () => rows(picks), state: () => ({}), load() {} }
}

export interface OnnxEmbedderOptions {
  /** How images go in: `nchw`, the default, as most files want them, or `nhwc`. Other samples as they are. */
  layout?: 'nchw' | 'nhwc'
  /** Default: the session's first of each. */
  input?: string
  output?: string
}

type OrtTensor = new (type: 'float32', data: Float32Array, dims: readonly number[]) => unknown

/**
 * A session of onnxruntime-web or onnxruntime-node as a model for `embedWith`, of the rows of x[N,...]: a tensor or a source, images as
 * [N,H,W,C]. `OrtTensor` is the `Tensor` of the same package.
 *
 *     const vectors = await embedWith(onnxEmbedder(session, ort.Tensor, x), rowNumbers(x))
 */
export function onnxEmbedder(
  session: OnnxSession,
  OrtTensor: OrtTensor,
  x: Tensor | Source,
  options: OnnxEmbedderOptions = {},
): Embedder<number> {
  const op = 'onnxEmbedder'
  if (typeof session?.run !== 'function') throw refusal(op, 'a session of onnxruntime', session)
  if (typeof OrtTensor !== 'function')
    throw refusal(op, 'the Tensor of the same package, ort.Tensor,', OrtTensor)
  checkSamples(op, x)
  checkGiven(op, options, {
    layout: true,
    input: true,
    output: true,
  } satisfies OptionNames<OnnxEmbedderOptions>)
  const { layout = 'nchw', input = session.inputNames[0], output = session.outputNames[0] } = options
  if (layout !== 'nchw' && layout !== 'nhwc') throw refusal(op, 'layout as nchw or nhwc', layout)
  const source = sourceOf(x)
  return async picks => {
    const batch = tidy(() =>
      noGrad(() => {
        const rows = source.rows(picks)
        return rows.rank === 4 && layout === 'nchw' ? permute(rows, [0, 3, 1, 2]) : rows
      }),
    )
    const data = Float32Array.from(await batch.data())
    const { shape } = batch
    batch.dispose()
    const outputs = await session.run({ [input]: new OrtTensor('float32', data, shape) } as never)
    const found = outputs[output] as Vectors | undefined
    if (found === undefined)
      throw new Error(`${op}: an output ${shown(output)} expected, got ${Object.keys(outputs)}`)
    return found
  }
}

/** 0..N-1: what `embedWith` is to embed of x[N,...]. */
export function rowNumbers(x: Tensor | Source): number[] {
  checkSamples('rowNumbers', x)
  return Array.from({ length: x.shape[0] }, (_, i) => i)
}
