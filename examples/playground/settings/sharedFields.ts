import type { Field, NumberField } from './field.ts'
import { BACKENDS, type Shared } from './settings.ts'

const number = (field: Omit<NumberField, 'kind'>): NumberField => ({ kind: 'number', ...field })

/** What both sides share: a row a control, and a parameter of the address. */
export const SHARED_FIELDS: readonly Field[] = [
  number({
    name: 'imbalance',
    label: 'imbalance',
    hint: 'the largest class has so many times the images of the smallest',
    min: 1,
    max: 200,
    step: 1,
  }),
  {
    kind: 'choice',
    name: 'dim',
    label: 'dimension',
    hint: 'length of an embedding; in 3 the view turns',
    choices: [
      [2, '2, a plane'],
      [3, '3, in space'],
    ],
  },
  number({
    name: 'steps',
    label: 'steps',
    hint: 'batches of 64 images; the learning rate falls to 0 by the last',
    min: 50,
    max: 10000,
    step: 50,
    typed: true,
  }),
  number({
    name: 'seed',
    label: 'seed',
    hint: 'of all that is random: which digit is rare, the batches, the first weights',
    min: 0,
    max: 2 ** 31 - 1,
    step: 1,
    typed: true,
  }),
  {
    kind: 'choice',
    name: 'backend',
    label: 'backend',
    hint: 'what computes; wasm: the processor, webgl2 and webgpu: the graphics card',
    choices: BACKENDS.map(name => [name, name]),
  },
]

export const SHARED_DEFAULTS: Shared = { imbalance: 100, dim: 2, steps: 1000, seed: 0, backend: 'wasm' }
