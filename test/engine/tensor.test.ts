import { inspect as nodeInspect } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reference } from '../../engine/backends/reference/index.ts'
import {
  add,
  exp,
  full,
  ones,
  onesLike,
  parameter,
  sum,
  tensor,
  zeros,
  zerosLike,
} from '../../engine/index.ts'
import { shapes, tensors } from '../../engine/testing/index.ts'
import { expectSame } from '../support/close.ts'
import { f64 } from '../support/numbers.ts'
import { check } from '../support/property.ts'

describe('constructors', () => {
  test('toArray and tensor undo each other', () => {
    check(
      fc.property(tensors(shapes({ maxRank: 4 })), x => {
        expectSame(tensor(x.toArray(), { dtype: 'float64' }), x)
      }),
    )
  })

  test('arrays are typed as the caller says', () => {
    const x = f64([
      [1, 2],
      [3, 4],
    ])
    const rows: number[][] = x.toArray()
    const values: Float64Array = x.dataSync()
    expect(x.toArray<number[][]>().map(row => row.length)).toEqual(rows.map(row => row.length))
    expect([...values]).toEqual(rows.flat())
    const line: number[] = sum(x, 0).toArray()
    const scalar: number = sum(x).toArray()
    expect([...line, scalar]).toEqual([4, 6, 10])
    // @ts-expect-error: no tensor holds text
    const text: string[] = x.toArray()
    // @ts-expect-error: who says nothing gets any depth
    const length = (): unknown => x.toArray().length
    expect([text.length, length()]).toEqual([2, 2])
  })

  test('dtypes: float32 unless a typed array brings its own', () => {
    expect(tensor([1.5]).dtype).toBe('float32')
    expect(tensor(new Float64Array([1.5])).dtype).toBe('float64')
    expect(tensor(new Int32Array([1])).dtype).toBe('int32')
    expect(tensor(new Float32Array([1]), { dtype: 'float64' }).dtype).toBe('float64')
    expect(tensor([0.1]).item()).toBe(Math.fround(0.1))
  })

  test('a number is a scalar; a shape folds a flat array', () => {
    expect([tensor(3).shape, tensor(3).item()]).toEqual([[], 3])
    expect(tensor([1, 2, 3, 4], { shape: [2, 2] }).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  test('full, zeros, ones and their likes', () => {
    expect(full([2], 7, { dtype: 'int32' }).toArray()).toEqual([7, 7])
    expect(zeros([1, 2]).toArray()).toEqual([[0, 0]])
    const x = f64([[1, 2]])
    expect([zerosLike(x).dtype, onesLike(x).shape]).toEqual(['float64', [1, 2]])
  })

  test('values are copied in and out', () => {
    const source = new Float64Array([1, 2])
    const x = tensor(source)
    source[0] = 9
    x.dataSync()[1] = 9
    expect(x.toArray()).toEqual([1, 2])
  })

  test('empty tensors have a shape and no values', () => {
    const x = zeros([2, 0, 3])
    expect([x.size, x.rank, x.dataSync().length]).toEqual([0, 3, 0])
    expect(x.toArray()).toEqual([[], []])
    expect(exp(x).shape).toEqual([2, 0, 3])
    expect(add(x, ones([3])).shape).toEqual([2, 0, 3])
    expect(sum(x).item()).toBe(0)
    expect(String(x)).toContain('Tensor float32[2,0,3]')
    expect(tensor([]).shape).toEqual([0])
  })

  test('data, to, astype', async () => {
    const x = parameter([1.75, -2.5])
    expect([...(await x.data())]).toEqual([1.75, -2.5])
    expect(x.astype('int32').toArray()).toEqual([1, -2])
    const moved = await x.to(reference)
    expect([moved.requiresGrad, moved.toArray()]).toEqual([false, [1.75, -2.5]])
  })
})

describe('what a person sees', () => {
  test('shape, dtype and rows', () => {
    expect(
      String(
        tensor([
          [1, 2.5],
          [-3, 1 / 3],
        ]),
      ),
    ).toBe('Tensor float32[2,2]\n[[1, 2.5],\n [-3, 0.33333]]')
    expect(String(f64(2))).toBe('Tensor float64[]\n2')
    expect(nodeInspect(tensor([1]))).toBe('Tensor float32[1]\n[1]')
  })

  test('the middle of long axes is left out', () => {
    expect(String(tensor(Int32Array.from({ length: 9 }, (_, i) => i)))).toBe(
      'Tensor int32[9]\n[0, 1, 2, ..., 6, 7, 8]',
    )
    expect(String(zeros([7]))).not.toContain('...')
  })
})
