import { describe, expect, test } from 'vitest'
import { grad, noGrad, type Shape, type Tensor, tensor, tidy, zerosLike } from '../../engine/index.ts'
import {
  irNet,
  type Layer,
  lightCnn9,
  loadSafetensors,
  mobileFaceNet,
  publishedNames,
  resNet50,
  saveSafetensors,
} from '../../models/index.ts'
import { elements, readSafetensors, writeSafetensors } from '../../models/interchange/safetensors/format.ts'
import { onReference } from '../support/onReference.ts'
import { expectAgreement, type Packed, readCases } from './cases.ts'

interface Row {
  readonly op: keyof typeof NETS
  readonly options: { readonly input: readonly [number, number, number] }
  readonly state: Readonly<Record<string, Shape>>
  readonly z: Packed
  readonly dx: readonly number[]
  readonly along: Readonly<Record<string, number>>
}

const NETS = { irNet, mobileFaceNet, resNet50, lightCnn9 } as const
const f64 = { dtype: 'float64' } as const

/** As `numbers` and `weights` of generator/faces.py. */
const numbers = (k: number, n: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => (((31 * i * i + 17 * i + 101 * k) % 251) - 125) / 128)

const product = (sizes: Shape): number => sizes.reduce((n, size) => n * size, 1)

function weights(k: number, name: string, shape: Shape): Float64Array {
  const v = numbers(k, product(shape))
  if (shape.length > 1) {
    const scale = 2 ** Math.floor(Math.log2(product(shape.slice(1))) / 2)
    return v.map(value => value / scale)
  }
  if (name.endsWith('running_var')) return v.map(value => 1 + value / 2)
  return v.map(value => (name.endsWith('weight') ? (3 + value) / 4 : value / 4))
}

/** A file as PyTorch's users publish it: tensors in their names and layouts. */
const fileOf = (state: Row['state']): Uint8Array =>
  writeSafetensors(
    'test',
    Object.entries(state).map(([name, shape], k) => ({
      name,
      dtype: 'F64',
      shape,
      values: weights(k, name, shape),
    })),
    {},
  )

/** The gradients in the weights, in the names and layouts of PyTorch: as if they were the net's own. */
function inTheirNames(net: Layer, names: (name: string) => string, grads: Readonly<Record<string, Tensor>>) {
  const { tensors, values } = net.state()
  const state = {
    tensors: Object.fromEntries(
      Object.entries(tensors).map(([name, t]) => [name, grads[name] ?? zerosLike(t)]),
    ),
    values,
  }
  const { entries, data } = readSafetensors('test', saveSafetensors(net, { names, state }))
  return new Map(entries.map(entry => [entry.name, elements('test', entry, data).values]))
}

describe('published nets with the weights of a file, as in PyTorch', () => {
  onReference()

  test.each(readCases<Row>('faces').map(row => [`${row.op} ${JSON.stringify(row.options)}`, row] as const))(
    '%s',
    (_, { op, options, state, z: expected, dx: someOfDx, along }) => {
      const net: Layer = NETS[op]({ ...options, seed: 0, ...f64 })
      const names = publishedNames[op]
      loadSafetensors(net, fileOf(state), { names })
      tidy(() => {
        const shape = [2, ...options.input]
        const x = tensor(numbers(0, product(shape)), { shape, ...f64, requiresGrad: true })
        const z = net(x)
        expectAgreement('z', z, expected)
        const dz = tensor(numbers(1, z.size), { shape: z.shape, ...f64 })
        const { x: dx, ...grads } = grad(z, { x, ...net.parameters }, dz)
        const every = Math.ceil(dx.size / 200)
        const kept = dx.dataSync().filter((_, i) => i % every === 0)
        expectAgreement('gradient in x', tensor(kept, f64), { shape: [kept.length], data: someOfDx })
        const theirs = noGrad(() => inTheirNames(net, names, grads))
        const trained = Object.keys(along)
        expect(Object.keys(net.parameters)).toHaveLength(trained.length)
        trained.forEach((name, k) => {
          const g = theirs.get(name) as Float64Array
          const v = numbers(k, g.length)
          const inner = g.reduce((total, value, i) => total + value * v[i], 0)
          // A sum of hundreds of terms, some of which cancel: their roundings are to be seen beside their sizes.
          const size = g.reduce((total, value, i) => total + Math.abs(value * v[i]), 0)
          expect(Math.abs(inner - along[name]), name).toBeLessThanOrEqual(1e-11 * size)
        })
      })
    },
  )
})
