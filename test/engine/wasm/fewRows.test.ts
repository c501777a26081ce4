import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWasm } from '../../../engine/backends/wasm/index.ts'
import {
  generator,
  matmul,
  randn,
  slice,
  type Tensor,
  tidy,
  transpose,
  uniform,
} from '../../../engine/index.ts'
import { seeds } from '../../../engine/testing/index.ts'
import { check } from '../../support/property.ts'

/** On both sides of a vector, of eight terms, of a unit of 512 columns, and of 384 terms, after which C is stored. */
const columns = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 500, max: 530 }))
const depths = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 380, max: 400 }))

const wasm = createWasm({ threads: 2 })
const bits = (x: Tensor): Uint32Array => new Uint32Array(x.dataSync().buffer)

// `gemv` and `gemm` sum alike, so that a result does not depend on what is computed beside it.
test('a product of few rows has the bits that these rows have in a product of many', () => {
  check(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      columns,
      depths,
      fc.boolean(),
      seeds(),
      (m, n, k, turned, seed) => {
        tidy(() => {
          const rng = generator(seed)
          const [a, b] = [randn([9, k], rng, { backend: wasm }), randn([k, n], rng, { backend: wasm })]
          const rows = slice(a, [5 - m], [5])
          const few = turned ? matmul(transpose(rows), b, { transposeA: true }) : matmul(rows, b)
          expect(bits(few)).toEqual(bits(slice(matmul(a, b), [5 - m], [5])))
        })
      },
    ),
    25,
  )
})

test('it is the same for any number of threads, and nothing is written beside it', () => {
  const one = createWasm({ threads: 1 })
  const [a, b] = [randn([3, 700], generator(1)), randn([700, 5001], generator(2))].map(x => x.dataSync())
  const product = (backend: typeof one): Float32Array => {
    const [x, y] = [backend.upload(a, [3, 700], 'float32'), backend.upload(b, [700, 5001], 'float32')]
    const kept = backend.fill(7, [64], 'float32')
    const z = backend.readSync(backend.matmul(x, y, false, false, [3, 5001]))
    expect(backend.readSync(kept)).toEqual(new Float32Array(64).fill(7))
    return z as Float32Array
  }
  expect(product(wasm)).toEqual(product(one))
})

test('columns of a B too wide to be packed at once have the bits that they have alone', () => {
  const [m, k, n] = [70, 400, 9000]
  tidy(() => {
    const rng = generator(3)
    const [a, b] = [randn([m, k], rng, { backend: wasm }), randn([k, n], rng, { backend: wasm })]
    for (const [x, y] of [
      [a, b],
      [a, transpose(b)],
      [transpose(a), b],
    ]) {
      const options = { transposeA: x.shape[0] === k, transposeB: y.shape[0] === n }
      const all = matmul(x, y, options)
      for (const begin of [0, 1024, 5000, n - 20]) {
        const end = Math.min(n, begin + 600)
        const part = options.transposeB ? slice(y, [begin], [end]) : slice(y, [0, begin], [k, end])
        expect(bits(matmul(x, part, options))).toEqual(bits(slice(all, [0, begin], [m, end])))
      }
    }
  })
})

// Panels of rows that are whole, nearly so, and not; on both sides of where columns are many, of a strip of them, of where rows are
// few beside their terms, and of 384 terms.
test.each([8, 16, 20, 60, 64])(
  '%i rows by a B that is stored transposed have the bits of a B that is not',
  m => {
    const rng = generator(m)
    for (const [n, k, transposeA] of [
      [511, 400, false],
      [512, m, false],
      [513, m + 1, true],
      [513, 400, true],
      [4100, 30 + m, true],
      [4100, 400, false],
    ] as const) {
      tidy(() => {
        const [a, b] = [uniform([m, k], rng, { backend: wasm }), uniform([n, k], rng, { backend: wasm })]
        const streamed = matmul(transposeA ? transpose(a) : a, b, { transposeA, transposeB: true })
        const [one, other] = [streamed, matmul(a, transpose(b))].map(bits)
        expect(one.findIndex((word, i) => word !== other[i])).toBe(-1)
      })
    }
  },
)
