import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import {
  add,
  defineOp,
  exp,
  generator,
  grad,
  keep,
  mul,
  noGrad,
  parameter,
  randn,
  sum,
  type Tensor,
  tidy,
  valueAndGrad,
  vjp,
} from '../../engine/index.ts'
import { apply } from '../../engine/op.ts'
import { seeds } from '../../engine/testing/index.ts'
import { counting } from '../support/counting.ts'
import { leaf, random } from '../support/numbers.ts'
import { onReference } from '../support/onReference.ts'
import { program, SIDE } from '../support/programs.ts'
import { check } from '../support/property.ts'

onReference()

const bits = (...ts: Tensor[]): number[][] => ts.map(t => [...t.dataSync()])

describe('valueAndGrad inside noGrad', () => {
  test('gives the bits of that outside, and holds nothing else of the graph', () => {
    check(
      fc.property(seeds(), seed => {
        const { backend, freed } = counting()
        const leaves = [0, 1, 2].map(i =>
          parameter(randn([SIDE, SIDE], generator(i), { dtype: 'float64', backend })),
        )
        // One of them is not asked for: what leads to it alone is passed over.
        const [w, v] = leaves
        const expected = valueAndGrad(() => program(generator(seed), leaves), [w, v])
        const made: Tensor[] = []
        const note = (t: Tensor): Tensor => {
          made.push(t)
          return t
        }
        freed.length = 0
        const { value, grads } = noGrad(() =>
          valueAndGrad(() => program(generator(seed), leaves, { note }), [w, v]),
        )
        expect(bits(value, ...grads)).toEqual(bits(expected.value, ...expected.grads))
        expect(grads.map(g => g.requiresGrad)).toEqual([false, false])
        expect(leaves.map(t => t.disposed)).toEqual([false, false, false])
        expect(new Set(freed).size).toBe(freed.length)
        const reached = reachable(value)
        expect(made.filter(t => reached.has(t) && t !== value && !t.disposed)).toEqual([])
      }),
      100,
    )
  })

  test('leaves the value and the gradients, and no cotangent', () => {
    const backend = createWasm({ threads: 1 })
    check(
      fc.property(seeds(), seed => {
        const leaves = [0, 1].map(i => parameter(randn([SIDE, SIDE], generator(i), { backend })))
        const before = backend.used
        tidy(() => {
          const made = [...leaves]
          const note = (t: Tensor): Tensor => {
            made.push(t)
            return t
          }
          const f = (): Tensor => {
            program(generator(seed), leaves, { note })
            return sum(made.reduce(add))
          }
          noGrad(() => valueAndGrad(f, leaves))
          // A line of memory each; and 3 that `program` makes of its own value, which f leaves unused.
          expect((backend.used - before) / 64 - 3).toBe(3)
        })
        expect(backend.used).toBe(before)
        for (const t of leaves) t.dispose()
      }),
      100,
    )
  })

  test('releases a chain while it walks back: two cotangents and the rest of the chain at most', () => {
    const { backend, freed } = counting()
    const w = parameter([1, 2], { backend })
    const [LENGTH, seen] = [20, [] as number[]]
    const spied = spy(() => seen.push(freed.length))
    noGrad(() =>
      valueAndGrad(() => {
        let z: Tensor = w
        for (let i = 0; i < LENGTH; i++) z = spied(exp(mul(z, 0.1)))
        return sum(z)
      }, w),
    )
    // From one rule of the spy to the next: its value, exp's, mul's, the number, and the cotangents of those.
    const steps = seen.slice(1).map((n, i) => n - seen[i])
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(6)
  })

  test('leaves what was kept, what f did not make, and what it made besides', () => {
    const w = leaf([1, 2])
    const outside = exp(w)
    let [kept, besides, dropped]: Tensor[] = []
    const { value } = noGrad(() =>
      valueAndGrad(() => {
        dropped = mul(outside, w)
        kept = keep(exp(dropped))
        besides = noGrad(() => mul(kept, 2))
        return sum(kept)
      }, w),
    )
    expect([value, kept, besides, outside, dropped].map(t => t.disposed)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ])
    expect(grad(sum(outside), w).toArray()).toEqual(outside.toArray())
  })

  test('an intermediate tensor may be asked for, and f may return what it was given', () => {
    const w = leaf([1, 2])
    const h = exp(w)
    const { value, grads } = noGrad(() => valueAndGrad(x => sum(mul(x, x)), h))
    expect(grads.toArray()).toEqual(mul(h, 2).toArray())
    expect(value.item()).toBeCloseTo(sum(mul(h, h)).item(), 12)
    const one = leaf(3)
    const same = noGrad(() => valueAndGrad(x => x, one))
    expect([same.value.item(), same.grads.item()]).toEqual([3, 1])
  })

  test('a second gradient within f is right', () => {
    const x = random([4], 1)
    const slope = (v: Tensor): Tensor => grad(sum(mul(v, mul(v, v))), v)
    const penalty = (v: Tensor): Tensor => sum(mul(slope(v), slope(v)))
    const { grads } = noGrad(() => valueAndGrad(penalty, x))
    expect(bits(grads)).toEqual(bits(valueAndGrad(penalty, x).grads))
  })

  test.each(['f', 'a rule'])('when %s throws, all that was made is released, and w is as it was', where => {
    const { backend, freed } = counting()
    const w = parameter([1, 2], { backend })
    const made: Tensor[] = []
    const bad = spy(() => {
      throw new Error('inside')
    })
    const f = (): Tensor => {
      made.push(exp(w))
      made.push(bad(made[0]))
      if (where === 'f') throw new Error('inside')
      made.push(exp(made[1]))
      return sum(made[2])
    }
    expect(() => noGrad(() => valueAndGrad(f, w))).toThrow('inside')
    expect(made.every(t => t.disposed)).toBe(true)
    expect(w.disposed).toBe(false)
    expect(new Set(freed).size).toBe(freed.length)
    expect(exp(w).requiresGrad).toBe(true)
  })

  test('in a scope, or in none, what is left belongs there', () => {
    const { backend, freed, adopted } = counting()
    const w = parameter([1, 2], { backend })
    adopted.clear()
    const { value, grads } = noGrad(() => valueAndGrad(() => sum(exp(w)), { w }))
    expect([value, grads.w].every(t => adopted.has(t.array.buffer))).toBe(true)
    const inner = tidy(() => noGrad(() => valueAndGrad(() => sum(exp(w)), { w })).value)
    expect(inner.disposed).toBe(false)
    expect(freed).not.toContain(inner.array.buffer)
  })
})

describe('outside noGrad', () => {
  test('the graph stays: gradients of gradients, and a pullback again and again', () => {
    const x = leaf([1, 2])
    const { grads } = valueAndGrad(v => sum(mul(v, mul(v, v))), x)
    expect(grad(sum(grads), x).toArray()).toEqual([6, 12])
    const { pull, y } = vjp(v => exp(v), x)
    expect(bits(pull(y))).toEqual(bits(pull(y)))
  })
})

/** The tensors from which `y` was made. */
function reachable(y: Tensor): Set<Tensor> {
  const found = new Set([y])
  for (const t of found) for (const x of Object.values(t.node?.inputs ?? {})) found.add(x)
  return found
}

/** Gives x on, and calls `f` when the cotangent comes by. */
function spy(f: () => unknown): (x: Tensor) => Tensor {
  const op = defineOp({
    name: 'spy',
    signature: 'x[...] -> [...]',
    equation: 'x',
    domain: { x: {} as never },
    examples: [],
    forward: (k, { x }, _, shape) => k.broadcastTo(x, shape),
    vjp: {
      x: ({ dz }) => {
        f()
        return mul(dz, 1)
      },
    },
  })
  return x => apply(op, { x })
}
