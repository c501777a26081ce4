import { describe, expect, test } from 'vitest'
import {
  cos,
  exp,
  grad,
  jvp,
  matmul,
  mul,
  noGrad,
  parameter,
  sin,
  stopGradient,
  sum,
  type Tensor,
  valueAndGrad,
  vjp,
} from '../../engine/index.ts'
import { expectClose, expectSame } from '../support/close.ts'
import { f64, inner, leaf, random } from '../support/numbers.ts'

describe('vjp, jvp, valueAndGrad', () => {
  test('jvp is the directional derivative, by differences too', () => {
    const [x, v] = [random([4], 0), random([4], 1)]
    const { y, dy } = jvp(t => exp(sin(t)), x, v)
    expectClose(y, exp(sin(x)), 1e-15)
    expectClose(dy, mul(mul(exp(sin(x)), cos(x)), v), 1e-14)
  })

  test('<u, J v> = <J^T u, v> through a whole composition', () => {
    const f = ({ x, w }: { x: Tensor; w: Tensor }): Tensor => exp(sin(matmul(x, w)))
    const xs = { x: random([2, 3], 0), w: random([3, 4], 1) }
    const vs = { x: random([2, 3], 2), w: random([3, 4], 3) }
    const { y, dy } = jvp(f, xs, vs)
    const u = random(y.shape, 4)
    const pulled = vjp(f, xs).pull(u)
    expect(Math.abs(inner(u, dy) - inner(pulled.x, vs.x) - inner(pulled.w, vs.w))).toBeLessThan(1e-12)
  })

  test('of a constant they are 0', () => {
    const { dy } = jvp(() => f64([1, 2]), f64([3]), f64([1]))
    expect(dy.toArray()).toEqual([0, 0])
  })

  test('valueAndGrad watches its inputs, and finds parameters that f closes over', () => {
    const w = parameter(f64([2, 3]))
    const x = f64([5, 7])
    const { value, grads } = valueAndGrad(() => sum(mul(w, x)), { w })
    expect(value.item()).toBe(31)
    expect(grads.w.toArray()).toEqual([5, 7])
    expect(valueAndGrad(t => sum(mul(t, t)), x).grads.toArray()).toEqual([10, 14])
    expect(x.requiresGrad).toBe(false)
  })
})

describe('what is not recorded', () => {
  test('noGrad and stopGradient keep the values and drop the graph', () => {
    const x = leaf([1, 2])
    expect(noGrad(() => exp(x)).requiresGrad).toBe(false)
    expectSame(stopGradient(x), x)
    expectClose(grad(sum(mul(x, stopGradient(x))), x), x, 0)
    expect(exp(x).requiresGrad).toBe(true)
  })

  test('noGrad ends with its function, even by an error', () => {
    expect(() =>
      noGrad(() => {
        throw new Error('inside')
      }),
    ).toThrow('inside')
    expect(exp(leaf(1)).requiresGrad).toBe(true)
    expect(() => noGrad(async () => 1)).toThrow(/noGrad: f is synchronous, got a Promise/)
  })

  test('gradients inside noGrad have no graph of their own, outside they have', () => {
    const x = leaf(2)
    const y = mul(x, mul(x, x))
    expect(grad(y, x).requiresGrad).toBe(true)
    expect(noGrad(() => grad(y, x)).requiresGrad).toBe(false)
  })
})
