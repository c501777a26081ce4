import { describe, test } from 'vitest'
import { parameter, type Tensor } from '../../engine/index.ts'
import {
  adagrad,
  adam,
  adamW,
  clipGradNorm,
  clipGradValue,
  type Groups,
  lamb,
  type Optimizer,
  rmsprop,
  sgd,
} from '../../models/optim/index.ts'
import {
  type Arrays,
  expectAgreement,
  expectAllAgree,
  type Packed,
  readCases,
  unpack,
  unpackAll,
} from './cases.ts'

interface Run {
  readonly op: string
  readonly options: object
  readonly groups?: readonly object[]
  readonly start: Arrays
  readonly grads: readonly Arrays[]
  readonly after: readonly Arrays[]
}
interface Clip {
  readonly op: string
  readonly limit: number
  readonly start: Arrays
  readonly after: Arrays
  readonly norm?: Packed
}

const OPTIMIZERS: Readonly<Record<string, (groups: Groups, options: never) => Optimizer>> = {
  sgd,
  adam,
  adamW,
  rmsprop,
  adagrad,
  lamb,
}
const rows = readCases<Run | Clip>('optimizers')

describe('as torch.optim, parameters after each step', () => {
  for (const c of rows.filter(row => 'grads' in row)) {
    test(`${c.op} ${JSON.stringify(c.options)}${c.groups ? ' in groups' : ''}`, () => {
      const p: Record<string, Tensor> = {}
      for (const name in c.start) p[name] = parameter(unpack(c.start[name]))
      // In an array of groups a parameter is called by the group's place and its name.
      const named = c.groups?.map((group, i) => ({ ...group, parameters: { x: Object.values(p)[i] } }))
      const called = (name: string): string =>
        c.groups === undefined ? name : `${Object.keys(p).indexOf(name)}.x`
      const optimizer = OPTIMIZERS[c.op](named ?? p, c.options as never)
      c.grads.forEach((arrays, t) => {
        const grads = Object.entries(unpackAll(arrays)).map(([name, g]) => [called(name), g])
        optimizer.step(Object.fromEntries(grads))
        expectAllAgree(`after step ${t + 1},`, p, c.after[t])
      })
    })
  }
})

describe('as torch.nn.utils', () => {
  for (const c of rows.filter(row => 'limit' in row)) {
    test(`${c.op} ${c.limit}`, () => {
      const grads = unpackAll(c.start)
      if (c.norm === undefined) {
        expectAllAgree('clipped', clipGradValue(grads, c.limit), c.after)
      } else {
        const clipped = clipGradNorm(grads, c.limit)
        expectAgreement('norm', clipped.norm, c.norm)
        expectAllAgree('clipped', clipped.grads, c.after)
      }
    })
  }
})
