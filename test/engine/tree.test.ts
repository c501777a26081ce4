import { describe, expect, test } from 'vitest'
import { add, grad, jvp, matmul, mul, sum, type Tensor, valueAndGrad, vjp } from '../../engine/index.ts'
import { gradcheck } from '../../engine/testing/index.ts'
import type { Tree } from '../../engine/tree.ts'
import { f64, leaf, random } from '../support/numbers.ts'
import { onReference } from '../support/onReference.ts'

onReference()

type Params = { layers: { w: Tensor; b?: Tensor }[]; scale: Tensor }

const params = (seed: number): Params => ({
  layers: [{ w: random([3, 4], seed), b: random([4], seed + 1) }, { w: random([4, 2], seed + 2) }],
  scale: random([], seed + 3),
})
const x = random([5, 3], 9)
const net = ({ layers, scale }: Params): Tensor =>
  mul(
    layers.reduce((h, { w, b }) => (b ? add(matmul(h, w), b) : matmul(h, w)).sin(), x),
    scale,
  )
const loss = (p: Params): Tensor => sum(net(p))

describe('trees of parameters', () => {
  test('gradients come back in the form of xs, as those of a flat list', () => {
    const at = params(0)
    const { value, grads } = valueAndGrad(loss, at)
    const [first, second] = at.layers
    const flat = valueAndGrad(
      ([w, b, v, scale]) => loss({ layers: [{ w, b }, { w: v }], scale }),
      [first.w, first.b as Tensor, second.w, at.scale],
    )
    expect(value.item()).toBe(flat.value.item())
    expect(Object.keys(grads)).toEqual(['layers', 'scale'])
    expect(grads.layers.map(layer => Object.keys(layer))).toEqual([['w', 'b'], ['w']])
    const [{ w, b }, { w: v }] = grads.layers
    expect([w, b, v, grads.scale].map(t => t?.toArray())).toEqual(flat.grads.map(t => t.toArray()))
  })

  test('types follow the form', () => {
    const [a, b] = [leaf([1, 2]), leaf([3, 4])]
    const [da, { rest }] = grad(sum(mul(a, b)), [a, { rest: [b] }])
    const [db]: [Tensor] = rest
    expect([da.toArray(), db.toArray()]).toEqual([
      [3, 4],
      [1, 2],
    ])
    // @ts-expect-error: there is no third
    const none = (): unknown => grad(sum(a), [a, b])[2]
    // @ts-expect-error: a number is no tensor
    const refused = (): unknown => valueAndGrad(xs => xs.w[0], { w: [a, 3] })
    expect([none(), refused]).toEqual([undefined, refused])
  })

  test('a tensor held twice has its gradient in both places', () => {
    const shared = { w: leaf(3) }
    const { encoder, decoder } = grad(mul(shared.w, shared.w), { encoder: shared, decoder: shared })
    expect([encoder.w.item(), decoder.w.item()]).toEqual([6, 6])
  })

  test('vjp and jvp are adjoint: <u, J v> = <J^T u, v>', () => {
    const [at, v] = [params(10), params(20)]
    const { y, dy } = jvp(net, at, v)
    const u = random(y.shape, 30)
    const pulled = vjp(net, at).pull(u)
    const inner = (a: Tensor, b: Tensor): number => sum(mul(a, b)).item()
    const along =
      inner(pulled.scale, v.scale) +
      inner(pulled.layers[0].b as Tensor, v.layers[0].b as Tensor) +
      inner(pulled.layers[0].w, v.layers[0].w) +
      inner(pulled.layers[1].w, v.layers[1].w)
    expect(Math.abs(along)).toBeGreaterThan(1e-3)
    expect(Math.abs(inner(u, dy) - along)).toBeLessThan(1e-12)
  })

  test('gradcheck takes them, of order 2 too', () => {
    const { cases } = gradcheck(net, params(40), { order: 2 })
    expect(cases).toBe(2 * 4 + 2 * 5)
  })

  test('without tensors are empty', () => {
    expect(valueAndGrad(() => leaf(1), { layers: [], more: {} }).grads).toEqual({ layers: [], more: {} })
  })

  /** For what types forbid. */
  const loose = (f: unknown) => f as (...args: unknown[]) => unknown
  const circle: Record<string, unknown> = { w: leaf(1) }
  circle.params = { layers: [circle] }
  test.each<[string, () => unknown, RegExp]>([
    [
      'a number within',
      () => loose(grad)(leaf(1), { params: { layers: [{ w: 1 }] } }),
      /^grad: params\.layers\[0\]\.w as a tensor, .* got 1/,
    ],
    ['undefined in lists', () => loose(vjp)(loss, [[leaf(1), undefined]]), /^vjp: x\[0\]\[1\] as a tensor/],
    ['a Map', () => loose(vjp)(loss, { a: new Map() }), /^vjp: a as a tensor expected, got a Map/],
    [
      'no gradient',
      () => grad(leaf(1), { params: [leaf(1), f64(1)] }),
      /^grad: params\[1\]: float64\[\] on reference does not require a gradient/,
    ],
    [
      'a circle',
      () => loose(valueAndGrad)(loss, circle),
      /^valueAndGrad: tensors in a tree expected, got a circle at params\.layers\[0\]/,
    ],
    [
      'directions too few',
      () => loose(jvp)(net, params(0), { ...params(1), layers: [{}, {}] }),
      /^jvp: layers\[0\]\.w as a tensor expected, got undefined/,
    ],
    [
      'directions too many',
      () => loose(jvp)(net, params(0), { ...params(1), scale: [leaf(1)] }),
      /^jvp: scale as a tensor, .* got \[a Tensor\]/,
    ],
    [
      'one more direction',
      () => loose(jvp)((x: Tensor[][]) => x[0][0], [[f64(1)]], [[f64(1), f64(1)]]),
      /^jvp: a tensor for each of xs expected, got one more, "dx\[0\]\[1\]"/,
    ],
    [
      'a direction of another shape',
      () => jvp(net, params(0), { ...params(1), scale: f64([1]) }),
      /^jvp: scale as float64\[\] on reference, .* got float64\[1\]/,
    ],
    [
      'a direction of another form',
      () => loose(jvp)(net, params(0), { ...params(1), layers: leaf(1) }),
      /^jvp: layers in the form of xs expected, got a Tensor/,
    ],
  ])('refuse %s', (_, run, message) => expect(run).toThrow(message))
  test('keep the holes of a list, and are as deep as they like', () => {
    const [a, b] = [leaf([1, 2]), leaf([3, 4])]
    const list = [a, b, b] as [Tensor, Tensor, Tensor]
    delete (list as Tensor[])[1]
    const { grads } = valueAndGrad(([x, , y]) => sum(mul(x, y)), list)
    expect([Object.keys(grads), grads.length]).toEqual([['0', '2'], 3])
    let deep: Tree = a
    for (let i = 0; i < 20_000; i++) deep = [deep]
    expect(() => valueAndGrad(() => sum(a), deep)).not.toThrow()
  })

  test('refuse an object in place of a list, and a list in place of an object', () => {
    const a = leaf([1, 2])
    expect(() => jvp(([x]) => x, [a], { 0: a } as unknown as [Tensor])).toThrow('dx in the form of xs')
    expect(() => jvp(({ x }) => x, { x: a }, [a] as never)).toThrow('dx in the form of xs')
  })
})
