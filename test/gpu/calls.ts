import { expect } from 'vitest'
import type { NDArray } from '../../engine/backends/backend.ts'
import type { Gpu } from '../../engine/backends/gpu/index.ts'
import { reference } from '../../engine/backends/reference/index.ts'
import type { Generator } from '../../engine/index.ts'
import { SPECIAL } from '../support/calls/call.ts'
import {
  CALLS,
  type Call,
  type Drawn,
  free,
  type Input,
  perform,
  truthOf,
  upload,
} from '../support/calls/index.ts'
import { OPTIMIZING } from '../support/calls/optimizing.ts'
import { excepted } from '../support/exceptions.ts'
import { type Accuracy, expectParity } from '../support/parity.ts'

/** Results that a processor rounds to the nearest float, and a graphics card may miss by a little. */
const NEAREST = new Set(['unary sqrt', 'binary add', 'binary sub', 'binary mul', 'binary div'])

/** Random calls of each kernel, within what the GPU promises. It has none for steps of optimisers, which have no definition in ops. */
export const PLAIN: readonly Call[] = CALLS.filter(call => !OPTIMIZING.includes(call)).map(call => ({
  ...call,
  rounded: NEAREST.has(call.name) ? undefined : call.rounded,
  draw(rng) {
    const { inputs, run } = call.draw(rng)
    // Whether padding takes part is left open where the tables say so; test/engine/notANumber.test.ts holds the rest.
    const spreads = excepted('gpu:*', call.op ?? call.kernel, 'more')
    return { inputs: inputs.map(plain).map(x => (spreads ? finite(x) : x)), run }
  },
}))

/** Subnormals, which cards take for 0, and what overflows on the way to a result that does not. */
const isEnd = (v: number): boolean => v !== 0 && (Math.abs(v) < 2 ** -126 || Math.abs(v) > 1e38)

/** With NaN, infinities and zeros, without the ends of float32's range, and with integers that it holds. */
const plain = (x: Input): Input => ({
  ...x,
  values: x.values.map((v, i) =>
    x.dtype === 'int32' ? v % 2 ** 24 : isEnd(v) ? SPECIAL[i % SPECIAL.length] : v,
  ),
})

const finite = (x: Input): Input => ({ ...x, values: x.values.map(v => (Number.isFinite(v) ? v : 0.5)) })

/** A call whose result was not looked at yet. */
export interface Running {
  readonly call: Call
  readonly drawn: Drawn
  readonly z: NDArray
}

/** Asks for a result, and gives the inputs back at once: what they held has to stay as long as it is needed. */
export function begin(backend: Gpu, call: Call, rng: Generator): Running {
  const drawn = call.draw(rng)
  const xs = upload(backend, drawn)
  const z = drawn.run(backend, xs)
  free(backend, xs)
  return { call, drawn, z }
}

/** Fails unless the result is right. */
export async function settle(
  backend: Gpu,
  { call, drawn, z }: Running,
  accuracy: Accuracy,
  rng: Generator,
): Promise<void> {
  const values = await backend.read(z)
  free(backend, [z])
  const { values: _, ...right } = perform(reference, drawn)
  expect({ shape: z.shape, dtype: z.dtype }).toEqual(right)
  const truth = truthOf(drawn, accuracy.tolerance, rng, call.rounded)
  await expectParity(values, truth, accuracy, call.name)
}
