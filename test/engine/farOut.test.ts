import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reference } from '../../engine/backends/reference/index.ts'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import { apply, Generator, OPS, type OpSpec } from '../../engine/index.ts'
import { differentiable, drawCase, seeds } from '../../engine/testing/index.ts'
import { cotangents, differentiated, type Part, type Place, type Values } from '../support/differentiated.ts'
import { check } from '../support/property.ts'

const wasm = createWasm({ threads: 1 })

/** Statistics of squares, as in PyTorch: engine/NUMBERS.md. */
const OF_SQUARES = new Set(['batchNormTraining', 'layerNorm', 'groupNorm', 'rmsNorm'])
/** Where squares of values overflow in float32 or vanish, and sums of a hundred values do neither. */
const SCALES = [1e-30, 1e30]
/** Normal numbers of float32, but for their ends. */
const [LEAST, MOST] = [1e-35, 1e37]

/** A random case of an op, one of whose inputs is as far out as float32 has it; undefined without a float. */
function draw(op: OpSpec, seed: number, scale: number): { inputs: Values; attrs: object } | undefined {
  const { inputs: tensors, attrs } = drawCase(op, new Generator(seed), { backend: reference })
  const floats = Object.keys(tensors).filter(name => tensors[name].dtype !== 'int32')
  if (floats.length === 0) return undefined
  const far = floats[seed % floats.length]
  const inputs = Object.fromEntries(
    Object.entries(tensors).map(([name, x]) => {
      const values = Float64Array.from(x.dataSync(), v => Math.fround(name === far ? v * scale : v))
      return [name, { shape: x.shape, values, integers: x.dtype === 'int32' }]
    }),
  )
  return { inputs, attrs }
}

function compute(
  op: OpSpec,
  { inputs, attrs }: { inputs: Values; attrs: object },
  place: Place,
): Promise<Part[]> {
  const names = differentiable(op)
  const own = 'dtype' in attrs ? { ...attrs, dtype: place.dtype } : attrs
  const f = (xs: Parameters<typeof apply>[1]) => ({
    y: apply(op, xs, own),
    wanted: Object.fromEntries(names.map(name => [name, xs[name]])),
  })
  const order = names.length === 0 ? 0 : 1
  return differentiated(place, inputs, f, { order, cotangents: cotangents(new Generator(0)) })
}

const isOrdinary = (x: number): boolean => x === 0 || (Math.abs(x) >= LEAST && Math.abs(x) <= MOST)

describe('what is ordinary in float64 is no NaN, Infinity or 0 in float32, whatever is computed on the way', () => {
  it.each(OPS.filter(op => !OF_SQUARES.has(op.name)).map(op => [op.name, op] as const))(
    '%s',
    async (_, op) => {
      await check(
        fc.asyncProperty(seeds(), fc.constantFrom(...SCALES), async (seed, scale) => {
          const drawn = draw(op, seed, scale)
          if (drawn === undefined) return
          const right = await compute(op, drawn, { backend: reference, dtype: 'float64' })
          // A value out of range takes its gradients along.
          if (!right[0].values.every(isOrdinary)) return
          const made = await compute(op, drawn, { backend: wasm, dtype: 'float32' })
          right.forEach(({ name, values }, i) => {
            const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
            values.forEach((x, at) => {
              if (!isOrdinary(x)) return
              const y = made[i].values[at]
              // Far below the largest, what is left of a sum may be 0 by its rounding.
              const isLost = y === 0 && Math.abs(x) > 1e-3 * largest
              if (!Number.isFinite(y) || isLost)
                expect.fail(`${name}[${at}] by ${scale}: ${x} expected, got ${y}`)
            })
          })
        }),
        8,
      )
    },
  )
})
