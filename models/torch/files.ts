import { noGrad, type Shape, type State, Tensor, tensor, tidy } from '../../engine/index.ts'
import { checkNames, mapRecord } from '../../engine/state.ts'
import type { EmbeddingLoss } from '../../losses/loss.ts'
import type { Bytes } from '../files.ts'
import { type Layout, toOurs, toTheirs } from '../interchange/pytorch/layout.ts'
import {
  elements,
  readSafetensors,
  type StoredTensor,
  writeSafetensors,
} from '../interchange/safetensors/format.ts'
import type { Trainer } from '../train/trainer.ts'
import { namesOf, trainedNames } from './names.ts'
import { optimizerForm, programs, trainerRecipe } from './script.ts'

/** The files of `exportTorch`, by name; `data.safetensors` where the trainer's samples are a tensor. */
export type TorchFiles = Readonly<Record<string, Uint8Array>>

const floats = (name: string, shape: Shape, values: ArrayLike<number>): StoredTensor => ({
  name,
  dtype: 'F32',
  shape,
  values: Float32Array.from(values),
})

const integers = (name: string, values: readonly number[]): StoredTensor => ({
  name,
  dtype: 'I64',
  shape: [values.length],
  values: BigInt64Array.from(values, BigInt),
})

/** Whole numbers of a trainer's state, under their names in the program. */
const COUNTERS = { steps: 'trainer.steps', 'optimizer.t': 'optimizer.t' }
/** Those of the loss, which the program counts together. */
const UPDATES = ['loss.t', 'loss.updates']
/** Lists of the loss: what draws its classes, and the labels of its queue. */
const LISTS = ['loss.sampledClasses', 'loss.labels']
const SAMPLER = 'batches.sampler.'

/** What `exportTorch` writes, as bytes, for where there are no folders. */
export function torchFiles(trainer: Trainer<EmbeddingLoss>): TorchFiles {
  const { net, loss, optimizer } = trainer
  const { programs: texts, constants } = programs(trainer)
  const { moments } = optimizerForm(trainer)
  return noGrad(() =>
    tidy(() => {
      const { tensors, values } = trainer.state()
      const other = Object.entries(tensors).find(([, t]) => t.dtype !== 'float32')
      if (other !== undefined) {
        throw new Error(`exportTorch: a training in float32 expected, got ${other[0]} of ${other[1].dtype}`)
      }
      const stored = (name: string, t: Tensor, layout: Layout): StoredTensor =>
        floats(name, layout.shape, toTheirs(t, layout).dataSync())
      const { named, counters } = namesOf(net, loss)
      const model = [
        ...named.map(({ ours, theirs, layout }) => stored(theirs, tensors[ours], layout)),
        ...counters.map(
          (name): StoredTensor => ({ name, dtype: 'I64', shape: [], values: new BigInt64Array(1) }),
        ),
      ]
      const trained = trainedNames(net, loss, optimizer)
      const training = [
        ...Object.entries(COUNTERS).map(([name, ours]) => integers(name, [values[ours] as number])),
        integers('loss.t', [Number(values['loss.t'] ?? values['loss.updates'] ?? 0)]),
        ...LISTS.filter(name => values[name] !== undefined).map(name =>
          integers(name, values[name] as number[]),
        ),
        ...Object.entries(values)
          .filter(([name]) => name.startsWith(SAMPLER))
          .map(([name, value]) =>
            integers(`sampler.${name.slice(SAMPLER.length)}`, [value].flat() as number[]),
          ),
        ...Object.entries(constants).map(([name, list]) => floats(`constant.${name}`, [list.length], list)),
        ...named.flatMap(({ ours, theirs, layout }) => {
          const key = trained.get(ours)
          if (key === undefined) return []
          return Object.entries(moments).map(([m, name]) =>
            stored(`optimizer.${theirs}.${name}`, tensors[`optimizer.${key}.${m}`], layout),
          )
        }),
      ]
      return {
        ...mapRecord(texts, text => new TextEncoder().encode(text)),
        'model.safetensors': writeSafetensors('exportTorch', model, { format: 'pt' }),
        'training.safetensors': writeSafetensors('exportTorch', training, { format: 'pt' }),
        ...dataFile(trainer),
      }
    }),
  )
}

/** The samples as PyTorch takes them. */
function dataFile(trainer: Trainer<EmbeddingLoss>): TorchFiles {
  const { x, y } = trainerRecipe(trainer)
  if (!(x instanceof Tensor)) return {}
  const [n, ...sample] = x.shape
  const turned = sample.length === 3 ? x.permute([0, 3, 1, 2]) : x
  const labels: StoredTensor = {
    name: 'y',
    dtype: 'I64',
    shape: [n],
    values: BigInt64Array.from(Array.from(y, Number), BigInt),
  }
  return {
    'data.safetensors': writeSafetensors(
      'exportTorch',
      [floats('x', turned.shape, turned.dataSync()), labels],
      {},
    ),
  }
}

/** The trainer's state as these files have it. Throws where they are not those of such a training. */
export function stateOfFiles(trainer: Trainer<EmbeddingLoss>, model: Bytes, training: Bytes): State {
  const { net, loss, optimizer } = trainer
  const what = 'importTorch'
  const { moments } = optimizerForm(trainer)
  const state = trainer.state()
  const { named, counters } = namesOf(net, loss)
  const read = (file: string, bytes: Bytes) => {
    const { entries, data } = readSafetensors(`${what}: ${file}`, bytes)
    return new Map(entries.map(entry => [entry.name, { entry, data }]))
  }
  const [weights, rest] = [read('model.safetensors', model), read('training.safetensors', training)]
  const trained = trainedNames(net, loss, optimizer)
  const places = named.flatMap(({ ours, theirs, layout }) => {
    const key = trained.get(ours)
    const remembered = key === undefined ? [] : Object.entries(moments)
    return [
      { from: weights, theirs, ours, layout },
      ...remembered.map(([m, name]) => ({
        from: rest,
        theirs: `optimizer.${theirs}.${name}`,
        ours: `optimizer.${key}.${m}`,
        layout,
      })),
    ]
  })
  checkNames(
    `${what}: model.safetensors`,
    named.map(({ theirs }) => theirs),
    [...weights.keys()].filter(name => !counters.includes(name)),
  )
  const tensors: Record<string, Tensor> = { ...state.tensors }
  for (const { from, theirs, ours, layout } of places) {
    const found = from.get(theirs)
    const { shape, dtype, backend } = state.tensors[ours]
    if (`${found?.entry.shape}` !== `${layout.shape}`) {
      throw new Error(
        `${what}: ${theirs} of [${layout.shape}] expected, got ${found ? `[${found.entry.shape}]` : 'none'}`,
      )
    }
    const { values } = elements(what, found!.entry, found!.data, dtype)
    tensors[ours] = toOurs(tensor(values, { shape: layout.shape, dtype, backend }), layout, shape)
  }
  const numbers = (name: string): number[] => {
    const found = rest.get(name)
    if (found === undefined) throw new Error(`${what}: ${name} in training.safetensors expected, got none`)
    return Array.from(elements(what, found.entry, found.data).values)
  }
  const samples = state.values[`${SAMPLER}samples`]
  if (samples !== undefined && rest.has('sampler.samples')) {
    const [theirs] = numbers('sampler.samples')
    if (theirs !== samples)
      throw new Error(`${what}: a training of ${samples} samples expected, got ${theirs}`)
  }
  const values = Object.fromEntries(
    Object.entries(state.values).map(([name, value]) => {
      const counter = Object.entries(COUNTERS).find(([, ours]) => ours === name)?.[0]
      const ofSampler = name.startsWith(SAMPLER) ? `sampler.${name.slice(SAMPLER.length)}` : undefined
      const ofLoss = UPDATES.includes(name) ? 'loss.t' : LISTS.includes(name) ? name : undefined
      const theirs = counter ?? ofSampler ?? ofLoss
      if (name === 'loss.total') return [name, columnSums(tensors['loss.centers'])]
      if (theirs === undefined) return [name, value]
      const list = numbers(theirs)
      return [name, Array.isArray(value) ? list : list[0]]
    }),
  )
  return { tensors, values }
}

/** The sums of c[C,D] over its rows, as class centres of sampled classes keep them. */
function columnSums(c: Tensor): number[] {
  const [, dim] = c.shape
  const sums = new Array<number>(dim).fill(0)
  c.dataSync().forEach((x, i) => {
    sums[i % dim] += x
  })
  return sums
}
