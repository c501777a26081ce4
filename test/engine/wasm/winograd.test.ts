import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Convolution, NDArray, TypedArray } from '../../../engine/backends/backend.ts'
import { reference } from '../../../engine/backends/reference/index.ts'
import { Context } from '../../../engine/backends/wasm/context.ts'
import { createWasm, type Wasm, wasmOn } from '../../../engine/backends/wasm/index.ts'
import { type Tiling, weightsOf, winograd, winogradPlan } from '../../../engine/backends/wasm/winograd.ts'
import { tilingOf, tilingsOf } from '../../../engine/backends/wasm/winogradPays.ts'
import { tilesAlong } from '../../../engine/backends/wasm/winogradTables.ts'
import { winogradGradient, winogradGradientPlan } from '../../../engine/backends/wasm/winogradWeightGrad.ts'
import { backend, Generator, type Shape, setExact } from '../../../engine/index.ts'
import { outputSize } from '../../../engine/ops/window.ts'
import { sizeOf } from '../../../engine/shape.ts'
import { seeds } from '../../../engine/testing/index.ts'
import { convolved, weightGradients } from '../../support/byTiles.ts'
import { DRAWS } from '../../support/ofSizes.ts'
import { check } from '../../support/property.ts'
import { onThreads, sameBits } from './compare.ts'

interface Sizes {
  readonly batch: number
  readonly input: readonly [number, number]
  readonly taps: number
  readonly padding: readonly [number, number]
  readonly inChannels: number
  readonly outChannels: number
}

const convolution = ({ input, taps, padding, ...rest }: Sizes): Convolution => ({
  ...outputSize('conv2d', input, [taps, taps], { stride: [1, 1], padding, dilation: [1, 1] }),
  ...{ ...rest, groups: 1 },
})

const size = (min: number, max: number) => fc.integer({ min, max })
const pair = (min: number, max: number) => fc.tuple(size(min, max), size(min, max))

/** Maps smaller than a tile, of odd sizes, and channels that fill neither a vector nor a panel. */
const convolutions = fc
  .record({
    batch: size(1, 3),
    input: pair(1, 10),
    taps: fc.constantFrom(3, 5),
    padding: pair(0, 4),
    inChannels: size(1, 21),
    outChannels: size(1, 35),
  })
  .filter(({ taps, input, padding }) =>
    [0, 1].every(i => padding[i] < taps && input[i] + 2 * padding[i] >= taps),
  )
  .map(convolution)

/** So many tiles that the sums over them, of the weights' gradients, are taken in parts and slices. */
const many = fc
  .record({
    batch: size(3, 4),
    input: pair(30, 34),
    taps: fc.constant(3),
    padding: pair(0, 1),
    inChannels: size(1, 5),
    outChannels: size(1, 5),
  })
  .map(convolution)

const xShape = (g: Convolution): Shape => [g.batch, ...g.input, g.inChannels]
const wShape = (g: Convolution): Shape => [...g.kernel, g.inChannels, g.outChannels]
const zShape = (g: Convolution): Shape => [g.batch, ...g.output, g.outChannels]

const context = new Context({ threads: 1 })
const wasm = wasmOn(context)
const eager = new Context({ threads: 1 })
eager.threads.minParallelFlops = 0

/** A convolution, or its adjoint, by these tiles, whether that takes less time or not. */
function byTiles(
  g: Convolution,
  adjoint: boolean,
  t: Tiling,
  x: Float32Array,
  w: Float32Array,
): Float32Array {
  const [from, to] = adjoint ? [zShape(g), xShape(g)] : [xShape(g), zShape(g)]
  const [a, b] = [wasm.upload(x, from, 'float32'), wasm.upload(w, wShape(g), 'float32')]
  const { array, at } = context.storage.allocate(to, 'float32')
  winograd(context, winogradPlan(t, weightsOf(g, adjoint)), context.storage.at(a), context.storage.at(b), at)
  const values = wasm.readSync(array) as Float32Array
  for (const { buffer } of [a, b, array]) wasm.free(buffer)
  return values
}

/** The gradient in the weights, by these tiles. */
function weightGradientByTiles(g: Convolution, t: Tiling, x: Float32Array, dz: Float32Array): Float32Array {
  const [a, b] = [wasm.upload(x, xShape(g), 'float32'), wasm.upload(dz, zShape(g), 'float32')]
  const { array, at } = context.storage.allocate(wShape(g), 'float32')
  winogradGradient(context, winogradGradientPlan(t), context.storage.at(a), context.storage.at(b), at)
  const values = wasm.readSync(array) as Float32Array
  for (const { buffer } of [a, b, array]) wasm.free(buffer)
  return values
}

/** w[taps,taps,C,O] as the adjoint's: taps from the last, [O,C]. */
const turned = ({ taps, channels, outChannels }: Tiling, w: Float64Array): Float64Array =>
  w.map((_, i) => {
    const [tap, c, o] = [
      Math.floor(i / (channels * outChannels)),
      Math.floor(i / outChannels) % channels,
      i % outChannels,
    ]
    return w[((taps ** 2 - 1 - tap) * outChannels + o) * channels + c]
  })

const upload = (values: Float32Array, shape: Shape): NDArray =>
  reference.upload(Float64Array.from(values), shape, 'float64')

function convolve(k: Wasm, g: Convolution, x: Float32Array, w: Float32Array): TypedArray {
  const [a, b] = [k.upload(x, xShape(g), 'float32'), k.upload(w, wShape(g), 'float32')]
  const z = k.conv2d(a, b, g)
  const values = k.readSync(z)
  for (const { buffer } of [a, b, z]) k.free(buffer)
  return values
}

/** Does element i of the output have the place of the first image in its window? */
function isIn({ kernel, padding, output, outChannels }: Convolution, row: number, column: number, i: number) {
  const place = Math.floor(i / outChannels)
  const [p, q] = [Math.floor(place / output[1]), place % output[1]]
  const taps = [row - p + padding[0], column - q + padding[1]]
  return p < output[0] && taps.every((tap, axis) => tap >= 0 && tap < kernel[axis])
}

function dot(a: TypedArray, b: TypedArray): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

/** Of float32. */
const UNIT = 2 ** -24

/**
 * Roundings on the way of a product to a result, at most: two axes of B (a product and two sums), of G (the entry, a
 * product and three sums) and of A (a product and three sums), the product itself, the sum over channels, in parts of
 * 128, and the bias.
 */
const roundings = (channels: number): number =>
  2 * (3 + 5 + 4) + 1 + Math.min(channels, 128) + Math.ceil(channels / 128) + 1

/** The same in the gradient of the weights, where the sum is over tiles, in parts and slices that are added up. */
const gradientRoundings = ({ batch, output, positions }: Tiling): number =>
  2 * (3 + 3 + 5) + 1 + batch * output.reduce((n, size) => n * Math.ceil(size / positions), 1) + 8

const random = (rng: Generator, shape: Shape): Float32Array => DRAWS['of one size'](rng, sizeOf(shape))

const sizes = {
  batch: size(1, 2),
  taps: fc.constantFrom(3, 5),
  padding: pair(0, 2),
  inChannels: size(20, 40),
  outChannels: size(30, 48),
}

/** Those of such maps that the backend computes by tiles. */
const chosenOf = (input: ReturnType<typeof pair>): fc.Arbitrary<Convolution> =>
  fc
    .record({ ...sizes, input })
    .filter(({ taps, input }) => input.every(n => n >= taps))
    .map(convolution)
    .filter(g => tilingOf(g, false) !== undefined && tilingOf(g, true) !== undefined)

const chosen = chosenOf(pair(2, 13))
/** Of several slices, some of them. */
const large = chosenOf(pair(20, 44))

/** The three passes of a convolution, on arrays of that backend. */
const passes = (k: Wasm, g: Convolution, seed: number) => {
  const rng = new Generator(seed)
  const [x, w, dz] = [xShape(g), wShape(g), zShape(g)].map(s => k.upload(random(rng, s), s, 'float32'))
  return {
    arrays: [x, w, dz],
    runs: [() => k.conv2d(x, w, g), () => k.conv2dInputGrad(dz, w, g), () => k.conv2dWeightGrad(x, dz, g)],
  }
}

describe('minimal filtering', () => {
  describe.each([
    ['forward', false],
    ['gradient in the images', true],
  ])('%s', (_, adjoint) => {
    it.each(Object.keys(DRAWS))('is right within what its roundings can add up to, for values %s', kind => {
      check(
        fc.property(convolutions, seeds(), (g, seed) => {
          const rng = new Generator(seed)
          const x = DRAWS[kind](rng, sizeOf(adjoint ? zShape(g) : xShape(g)))
          const w = DRAWS[kind](rng, sizeOf(wShape(g)))
          const right = adjoint
            ? reference.conv2dInputGrad(upload(x, zShape(g)), upload(w, wShape(g)), g)
            : reference.conv2d(upload(x, xShape(g)), upload(w, wShape(g)), g)
          const expected = reference.readSync(right)
          for (const t of tilingsOf(g, adjoint)) {
            const W = Float64Array.from(w)
            const most = convolved(t, Float64Array.from(x), adjoint ? turned(t, W) : W, true)
            const bound = 1.001 * roundings(t.channels) * UNIT
            byTiles(g, adjoint, t, x, w).forEach((z, i) => {
              const off = Math.abs(z - expected[i])
              if (!(off <= bound * most[i] + 2 ** -140))
                expect.fail(`F(${t.positions}): element ${i}: ${expected[i]} expected, got ${z}`)
            })
          }
        }),
        20,
      )
    })
  })

  it.each(Object.keys(DRAWS))('gives the gradient in the weights right within that, for values %s', kind => {
    check(
      fc.property(fc.oneof(convolutions, many), seeds(), (g, seed) => {
        const rng = new Generator(seed)
        const [x, dz] = [xShape(g), zShape(g)].map(s => DRAWS[kind](rng, sizeOf(s)))
        const right = reference.conv2dWeightGrad(upload(x, xShape(g)), upload(dz, zShape(g)), g)
        const expected = reference.readSync(right)
        for (const t of tilingsOf(g, false)) {
          const most = weightGradients(t, Float64Array.from(x), Float64Array.from(dz), true)
          const bound = 1.001 * gradientRoundings(t) * UNIT
          weightGradientByTiles(g, t, x, dz).forEach((z, i) => {
            const off = Math.abs(z - expected[i])
            if (!(off <= bound * most[i] + 2 ** -140))
              expect.fail(`F(${t.positions}): element ${i}: ${expected[i]} expected, got ${z}`)
          })
        }
      }),
      20,
    )
  })

  it('gives the same bits on any number of threads', () => {
    const k = wasmOn(eager)
    check(
      fc.property(fc.oneof(chosen, large), seeds(), (g, seed) => {
        const { arrays, runs } = passes(k, g, seed)
        for (const run of runs) {
          const [one, ...several] = onThreads(k, run)
          for (const values of several) expect(sameBits(values, one)).toBe(true)
        }
        for (const { buffer } of arrays) k.free(buffer)
        expect(k.used).toBe(0)
      }),
      20,
    )
  })

  it('keeps the passes adjoint: <conv(x, w), dz> = <x, dx> = <w, dw>', () => {
    check(
      fc.property(chosen, seeds(), (g, seed) => {
        const { arrays, runs } = passes(wasm, g, seed)
        const [x, w, dz] = arrays.map(a => wasm.readSync(a))
        const [z, dx, dw] = runs.map(run => {
          const a = run()
          const values = wasm.readSync(a)
          wasm.free(a.buffer)
          return values
        })
        const expected = dot(z, dz)
        const most = 2e-6 * Math.sqrt(dot(z, z) * dot(dz, dz))
        // Errors of 1e-6 of the results, by chance of either sign, and random results: far within their norms.
        expect(Math.abs(dot(x, dx) - expected)).toBeLessThan(most)
        expect(Math.abs(dot(w, dw) - expected)).toBeLessThan(most)
        for (const { buffer } of arrays) wasm.free(buffer)
      }),
      20,
    )
  })

  it.each([Number.NaN, Infinity, -Infinity])(
    'takes %d to all that it has a part in, and beyond it as NaN alone',
    special => {
      check(
        fc.property(chosen, seeds(), (g, seed) => {
          const rng = new Generator(seed)
          const [x, w] = [random(rng, xShape(g)), random(rng, wShape(g))]
          const [row, column] = g.input.map(n => rng.integer(0, n - 1))
          const before = convolve(wasm, g, x, w)
          x[(row * g.input[1] + column) * g.inChannels] = special
          convolve(wasm, g, x, w).forEach((z, i) => {
            if (isIn(g, row, column, i)) expect(Number.isFinite(z)).toBe(false)
            else if (!Number.isNaN(z)) expect(z).toBe(before[i])
          })
        }),
        20,
      )
    },
  )

  it('is left out where sums are to be exact: then a value reaches those of its window alone', () => {
    const exact = createWasm({ threads: 1, exact: true })
    check(
      fc.property(chosen, seeds(), (g, seed) => {
        const rng = new Generator(seed)
        const [x, w] = [random(rng, xShape(g)), random(rng, wShape(g))]
        const [row, column] = g.input.map(n => rng.integer(0, n - 1))
        const large = x.slice()
        large[(row * g.input[1] + column) * g.inChannels] = 1e9
        const [before, after] = [x, large].map(values => convolve(exact, g, values, w))
        const reached = (i: number): boolean => isIn(g, row, column, i)
        expect(before.findIndex((z, i) => !reached(i) && z !== after[i])).toBe(-1)
        const all = convolve(wasm, g, large, w)
        expect(all.some((z, i) => !reached(i) && z !== before[i])).toBe(true)
      }),
      20,
    )
  })

  it.each([3, 5])('for values of one size errs by 1.5e-6 of the results at most: by %i taps', taps => {
    const padding = [taps >> 1, taps >> 1] as const
    // For three taps with tiles of 4, 3 and 2 positions.
    const g = convolution({ batch: 2, input: [13, 14], taps, padding, inChannels: 450, outChannels: 20 })
    const rng = new Generator(taps)
    const [x, w] = [random(rng, xShape(g)), random(rng, wShape(g))]
    const right = reference.readSync(reference.conv2d(upload(x, xShape(g)), upload(w, wShape(g)), g))
    const [t] = tilingsOf(g, false)
    const off = byTiles(g, false, t, x, w).map((z, i) => z - right[i])
    expect(Math.sqrt(dot(off, off) / dot(right, right))).toBeLessThan(1.5e-6)
  })
})

describe('tilesAlong', () => {
  it.each([2, 4])('covers an axis by as few tiles as can be of %i positions or less', positions => {
    check(
      fc.property(size(1, 60), n => {
        const tiles = tilesAlong(n, positions)
        expect(tiles.length).toBe(Math.ceil(n / positions))
        expect(tiles).toEqual([...tiles].sort((a, b) => b - a))
        const covered = tiles.reduce((sum, m) => sum + m, 0)
        // No tile has less than two.
        expect(covered).toBe(positions === 4 ? Math.max(n, 2) : 2 * Math.ceil(n / 2))
        expect(Math.min(...tiles)).toBeGreaterThanOrEqual(2)
      }),
    )
  })
})

describe('setExact', () => {
  it('turns it off, and on again, for backends that are there and for those to come', () => {
    const g = convolution({
      batch: 1,
      input: [14, 14],
      taps: 3,
      padding: [1, 1],
      inChannels: 32,
      outChannels: 32,
    })
    const rng = new Generator(0)
    const [x, w] = [random(rng, xShape(g)), random(rng, wShape(g))]
    const k = backend('wasm') as Wasm
    const exact = convolve(createWasm({ threads: 1, exact: true }), g, x, w)
    const fewer = convolve(k, g, x, w)
    expect(sameBits(fewer, exact)).toBe(false)
    try {
      setExact(true)
      expect(k.exact).toBe(true)
      expect(sameBits(convolve(k, g, x, w), exact)).toBe(true)
    } finally {
      setExact(false)
    }
    expect(sameBits(convolve(k, g, x, w), fewer)).toBe(true)
  })

  it.each([undefined, 1, 'yes'])('refuses %s', on => {
    expect(() => setExact(on as never)).toThrow(/^setExact: true or false expected, got/)
  })
})
