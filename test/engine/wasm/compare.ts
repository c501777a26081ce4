import * as fc from 'fast-check'
import type { Backend, NDArray, TypedArray } from '../../../engine/backends/backend.ts'
import { reference } from '../../../engine/backends/reference/index.ts'
import type { Wasm } from '../../../engine/backends/wasm/index.ts'
import { type Shape, sizeOf } from '../../../engine/shape.ts'

/** An operand as both backends get it: float32 values, which the reference computes with in float64, or integers. */
export interface Operand {
  readonly shape: Shape
  readonly values: Float32Array | Int32Array
}

/** The same kernel on wasm and on the reference; what either made is gone afterwards. */
export function both(
  wasm: Wasm,
  operands: readonly Operand[],
  run: (k: Backend, arrays: NDArray[]) => NDArray,
): { actual: TypedArray; expected: TypedArray; shape: Shape; dtype: string } {
  const ours = operands.map(({ values, shape }) => {
    return wasm.upload(values, shape, values instanceof Int32Array ? 'int32' : 'float32')
  })
  const theirs = operands.map(({ values, shape }) => {
    return values instanceof Int32Array
      ? reference.upload(values, shape, 'int32')
      : reference.upload(Float64Array.from(values), shape, 'float64')
  })
  try {
    const z = run(wasm, ours)
    const actual = wasm.readSync(z)
    wasm.free(z.buffer)
    return { actual, expected: reference.readSync(run(reference, theirs)), shape: z.shape, dtype: z.dtype }
  } finally {
    for (const x of ours) wasm.free(x.buffer)
  }
}

/** Whether two arrays are the same bit by bit; quick where they are large. */
export function sameBits(a: TypedArray, b: TypedArray): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: TypedArray) =>
    Buffer.from(buffer, byteOffset, byteLength)
  return bytes(a).equals(bytes(b))
}

/** What a kernel gives on one, two and three threads; it is told to throw away what it made. */
export function onThreads(wasm: Wasm, run: () => NDArray): TypedArray[] {
  return [1, 2, 3].map(threads => {
    wasm.threads = threads
    const z = run()
    const values = wasm.readSync(z)
    wasm.free(z.buffer)
    return values
  })
}

/** Shapes of up to five axes, with sizes of 0, 1, odd ones and ones beyond a vector. */
export const anyShape = (minRank = 0, maxRank = 5): fc.Arbitrary<number[]> =>
  fc.array(
    fc.oneof({ weight: 1, arbitrary: fc.nat(1) }, { weight: 6, arbitrary: fc.integer({ min: 1, max: 9 }) }),
    {
      minLength: minRank,
      maxLength: maxRank,
    },
  )

/** Floats of every size, many of them equal, sometimes NaN and the infinities. */
export const numbers = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -4, max: 4 }) },
  { weight: 8, arbitrary: fc.float({ noNaN: true, min: -100, max: 100 }) },
  { weight: 1, arbitrary: fc.float() },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, -0) },
)

export const filled = (shape: Shape, values: fc.Arbitrary<number> = numbers): fc.Arbitrary<Operand> => {
  const n = sizeOf(shape)
  return fc
    .array(values, { minLength: n, maxLength: n })
    .map(xs => ({ shape, values: Float32Array.from(xs) }))
}
