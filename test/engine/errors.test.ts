import { describe, expect, test } from 'vitest'
import { reference } from '../../engine/backends/reference/index.ts'
import {
  add,
  backend,
  concat,
  exp,
  type Nested,
  ones,
  permute,
  reshape,
  setBackend,
  setDebug,
  slice,
  stack,
  type Tensor,
  tensor,
  zeros,
} from '../../engine/index.ts'
import { f64 } from '../support/numbers.ts'
import { onReference } from '../support/onReference.ts'

onReference()

describe('errors name the operation, what was expected and what came', () => {
  const other = { ...reference, name: 'other' }
  const x = (shape: number[]): Tensor => ones(shape)
  test.each<[string, () => unknown, RegExp]>([
    ['ragged rows', () => tensor([[1, 2], [3]]), /tensor: ragged nesting, a row of 1 where 2 were expected/],
    ['a number among rows', () => tensor([[1], 2]), /tensor: ragged nesting, 2 stands at depth 1/],
    [
      'a row among numbers',
      () => tensor([1, [2]]),
      /tensor: ragged nesting, a row of 1 where a number was expected/,
    ],
    ['text', () => tensor([['a'] as unknown as Nested]), /tensor: numbers expected, got "a"/],
    [
      'a shape that does not hold',
      () => tensor([1, 2, 3], { shape: [2, 2] }),
      /tensor: shape \[2,2\] holds 4 values, got 3/,
    ],
    ['a shape of fractions', () => zeros([1.5]), /zeros: sizes are integers >= 0, got \[1.5\]/],
    [
      'a shape below 0',
      () => tensor([], { shape: [-1, 0] }),
      /tensor: sizes are integers >= 0, got \[-1,0\]/,
    ],
    [
      'bytes',
      () => tensor(new Uint8Array([1]) as never),
      /Float32Array, Float64Array or Int32Array expected, got a Uint8Array/,
    ],
    [
      'an int32 that requires a gradient',
      () => tensor([1], { dtype: 'int32', requiresGrad: true }),
      /tensor: int32 carries no gradient/,
    ],
    [
      'a dtype the backend lacks',
      () => zeros([1], { dtype: 'float64', backend: { ...reference, name: 'narrow', dtypes: ['float32'] } }),
      /zeros: backend narrow holds float32, got float64/,
    ],
    ['item of several', () => x([2]).item(), /item: one element expected, got shape \[2\]/],
    [
      'shapes that do not broadcast',
      () => add(x([2, 3]), x([4])),
      /add: shapes \[2,3\] and \[4\] do not broadcast: 3 against 4/,
    ],
    [
      'mixed dtypes',
      () => add(x([2]), f64([1, 2])),
      /add: one dtype expected, got float32\[2\] on reference and float64\[2\]/,
    ],
    [
      'mixed dtypes where values only move',
      () => concat([x([1]), f64([1])]),
      /concat: one dtype expected, got float32\[1\] on reference and float64\[1\]/,
    ],
    [
      'mixed backends',
      () => add(x([2]), ones([2], { backend: other })),
      /add: one backend expected, got float32\[2\] on reference and float32\[2\] on other/,
    ],
    [
      'int32 in arithmetic',
      () => exp(tensor([1], { dtype: 'int32' })),
      /exp: x is float32 or float64, got int32\[1\]/,
    ],
    ['two numbers', () => add(1, 2), /add: at least one operand is a tensor, got the numbers 1 and 2/],
    [
      'reshape',
      () => reshape(x([6]), [4, -1]),
      /reshape: a shape of 6 elements expected for \[6\], got \[4,1.5\]/,
    ],
    ['permute', () => permute(x([2, 3]), [0, 0]), /permute: axes that differ expected, got \[0, 0\]/],
    [
      'an axis',
      () => permute(x([2, 3]), [0, 2]),
      /permute: axis is an integer from -2 to 1 for rank 2, got 2/,
    ],
    ['broadcastTo', () => x([2]).broadcastTo([3]), /broadcastTo: shapes \[2\] and \[3\] do not broadcast/],
    [
      'broadcastTo a smaller shape',
      () => x([2, 3]).broadcastTo([1, 3]),
      /broadcastTo: \[2,3\] does not stretch to \[1,3\]/,
    ],
    [
      'slice of too many axes',
      () => slice(x([2]), [0, 0]),
      /slice: start of at most 1 integers, one an axis, expected, got \[0, 0\]/,
    ],
    [
      'slice in no step',
      () => slice(x([2]), [0], [2], [0]),
      /slice: step as an integer other than 0 expected, got 0/,
    ],
    ['pad', () => x([2]).pad([0.5]), /pad: before as an integer expected, got 0.5/],
    [
      'pad that leaves out more than there is',
      () => x([2]).pad([-2], [-1]),
      /pad: at most the elements of \[2\] to leave out expected, got \[-2\] and \[-1\]/,
    ],
    ['concat of nothing', () => concat([]), /concat: at least one tensor expected, got none/],
    [
      'concat of other sizes',
      () => concat([x([2, 3]), x([2, 4])]),
      /concat: shapes that differ in axis 0 only expected, got x0\[2,3\] x1\[2,4\]/,
    ],
    [
      'stack of other shapes',
      () => stack([x([2]), x([3])]),
      /stack: one shape expected, got x0\[2\] x1\[3\]/,
    ],
    ['stack of nothing', () => stack([]), /stack: at least one tensor expected, got none/],
    ['clamp', () => x([2]).clamp(1, -1), /clamp: low <= high expected, got 1 and -1/],
    [
      'an unknown backend',
      () => backend('abacus' as never),
      /backend: one of auto, wasm, reference, wasm-fma expected, got "abacus"/,
    ],
    ['an unknown default backend', () => setBackend('abacus' as never), /got "abacus"/],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message)
  })
})

describe('debug', () => {
  test('names the first op that makes a NaN, and the element', () => {
    setDebug(true)
    try {
      expect(() => f64([1, -1]).sqrt()).toThrow(
        /sqrt: numbers expected \(debug is on\), got NaN at element 1 of \[2\]/,
      )
      expect(() => tensor([0, Number.NaN])).toThrow(/tensor: numbers expected .* NaN at element 1/)
    } finally {
      setDebug(false)
    }
    expect(f64([-1]).sqrt().item()).toBeNaN()
  })
})
