import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import {
  add,
  checkpoint,
  dropout,
  exp,
  generator,
  grad,
  keep,
  mul,
  noGrad,
  parameter,
  randn,
  sigmoid,
  sum,
  type Tensor,
  tensor,
  tidy,
  valueAndGrad,
  zeros,
} from '../../engine/index.ts'
import { withPeak } from '../../engine/peak.ts'
import { seeds } from '../../engine/testing/index.ts'
import { expectClose } from '../support/close.ts'
import { leaf, random } from '../support/numbers.ts'
import { onReference } from '../support/onReference.ts'
import { program, SIDE } from '../support/programs.ts'
import { check } from '../support/property.ts'

onReference()

const bits = (...ts: readonly Tensor[]): number[][] => ts.map(t => [...t.dataSync()])
const leavesOf = (): Tensor[] =>
  [0, 1, 2].map(i => parameter(randn([SIDE, SIDE], generator(i), { dtype: 'float64' })))

describe('checkpoint', () => {
  test('gives the values and gradients of f, bit for bit, and its second gradients; nested, of shared tensors', () => {
    check(
      fc.property(seeds(), seed => {
        const leaves = leavesOf()
        const [w, v] = leaves
        // The tensors that a part closes over, and those that it is given, are of either kind.
        const run = (part?: typeof checkpoint): Tensor => program(generator(seed), leaves, { part })
        const plainly = (f: (xs: readonly Tensor[]) => Tensor, xs: readonly Tensor[]): Tensor => f(xs)
        const seen = [plainly, checkpoint].map(part => {
          const { value, grads } = valueAndGrad(() => run(part as typeof checkpoint), [w, v])
          const released = noGrad(() => valueAndGrad(() => run(part as typeof checkpoint), [w, v]))
          const y = run(part as typeof checkpoint)
          const later = noGrad(() => grad(y, [w, v]))
          const slope = sum(mul(add(grads[0], grads[1]), random([SIDE, SIDE], seed)))
          const second = slope.requiresGrad ? grad(slope, [w, v]) : []
          return { first: bits(value, ...grads, released.value, ...released.grads, ...later), second }
        })
        const [without, within] = seen
        expect(within.first).toEqual(without.first)
        expect(within.second.length).toBe(without.second.length)
        // The graph of the gradients has other nodes, so that their sums have another order.
        within.second.forEach((t, i) => {
          const size = Math.max(1, ...bits(without.second[i]).flat().map(Math.abs))
          expectClose(t, without.second[i], 1e-12 * size)
        })
      }),
      100,
    )
  })

  test('keeps what f reads, and nothing that f makes', () => {
    const backend = createWasm({ threads: 1 })
    const BYTES = 65536
    const x = parameter(randn([BYTES / 4], generator(1), { backend }))
    const chain = (z: Tensor): Tensor => {
      for (let i = 0; i < 10; i++) z = sigmoid(z)
      return z
    }
    const held = (f: () => unknown): number => {
      const before = backend.used
      return tidy(() => [f(), (backend.used - before) / BYTES][1] as number)
    }
    expect(held(() => chain(x))).toBe(10)
    expect(held(() => checkpoint(chain, x))).toBe(1)
    const peak = (part: (f: typeof chain, z: Tensor) => Tensor): number => {
      const before = backend.used
      const f = (z: Tensor): Tensor => sum(part(chain, part(chain, part(chain, part(chain, z)))))
      const step = () => tidy(() => void noGrad(() => valueAndGrad(() => f(x), x)))
      return ((withPeak(backend, step).peak as number) - before) / BYTES
    }
    expect(peak((f, z) => f(z))).toBeGreaterThanOrEqual(40)
    // Three inputs of parts, the ten of one, and some cotangents.
    expect(peak((f, z) => checkpoint(f, z))).toBeLessThanOrEqual(18)
  })

  test('draws the same again, and generators go on as if f had run once', () => {
    check(
      fc.property(seeds(), seed => {
        const seen = [(f: typeof drop, x: Tensor) => f(x), checkpoint].map(part => {
          const rng = generator(seed)
          const other = generator(seed + 1)
          const x = random([4, 4], seed)
          const f = (v: Tensor): Tensor => add(dropout(v, 0.5, rng), mul(v, other.normal()))
          const { value, grads } = valueAndGrad(v => {
            const z = part(f, v)
            rng.uniform()
            return sum(mul(z, part(f, z)))
          }, x)
          return [bits(value, grads), rng.state(), other.state(), rng.uniform()]
        })
        expect(seen[1]).toEqual(seen[0])
      }),
      20,
    )
  })

  test('finds what f assigns to as it was, whatever became of it, and leaves it as it is', () => {
    const seen = [(f: (x: Tensor) => Tensor, x: Tensor) => f(x), checkpoint].map(part => {
      const count = keep(tensor([1, 2], { dtype: 'float64' }))
      const x = leaf([3, 4])
      const f = (v: Tensor): Tensor => {
        // Before and after: both values are read.
        const z = mul(v, count.mul(1))
        noGrad(() => tidy(() => count.assign(add(count, 1))))
        return add(z, mul(v, count.mul(1)))
      }
      const { grads } = valueAndGrad(v => {
        const z = sum(mul(part(f, part(f, v)), v))
        count.assign(mul(count, 10))
        return z
      }, x)
      return [bits(grads, count), count.version]
    })
    expect(seen[1]).toEqual(seen[0])
  })

  test.each(['f', 'f, run again,'])(
    'when %s throws, states are as they were, and no memory is left',
    when => {
      const backend = createWasm({ threads: 1 })
      const w = parameter([1, 2], { backend })
      const count = keep(zeros([2], { backend }))
      const rng = generator(1)
      let calls = 0
      const f = (v: Tensor): Tensor => {
        const z = dropout(mul(v, w), 0.5, rng)
        noGrad(() => tidy(() => count.assign(add(count, 1))))
        if (++calls === (when === 'f' ? 1 : 2)) throw new Error('inside')
        return z
      }
      const [used, state] = [backend.used, rng.state()]
      const once = generator(1)
      once.seed()
      expect(() => tidy(() => void noGrad(() => valueAndGrad(() => sum(checkpoint(f, w)), w)))).toThrow(
        'inside',
      )
      expect(backend.used).toBe(used)
      // The first run's draw and its count stay, as those of an f without a checkpoint do.
      expect(rng.state()).toEqual(once.state())
      expect(count.toArray()).toEqual([1, 1])
      expect(state).not.toEqual(rng.state())
    },
  )

  test('refuses the way back where a tensor that f read was assigned to, trained or not', () => {
    const [w, c] = [leaf([1, 2]), keep(tensor([3, 4], { dtype: 'float64' }))]
    for (const changed of [w, c]) {
      const z = sum(checkpoint(x => mul(exp(x), mul(w, c)), w))
      changed.assign(mul(changed, 2).mul(1))
      expect(() => noGrad(() => grad(z, w))).toThrow('was assigned to after it was used')
    }
  })

  test('refuses the way back also where the values were read as numbers, or assigned from', () => {
    const read = [
      (x: Tensor, s: Tensor) => mul(x, s.item()),
      (x: Tensor, s: Tensor) => mul(x, s.toArray() as unknown as number),
      (x: Tensor, s: Tensor) => mul(x, keep(tensor(0, { dtype: 'float64' })).assign(s)),
    ]
    for (const f of read) {
      const [x, s] = [leaf([1, 2]), keep(tensor(2, { dtype: 'float64' }))]
      const z = sum(checkpoint(v => f(v, s), x))
      s.assign(tensor(5, { dtype: 'float64' }))
      expect(() => grad(z, x)).toThrow('was assigned to after it was used')
    }
  })

  test('keeps the inputs as they were given, whatever becomes of the list', () => {
    const [x, w, other] = [leaf([1, 2]), leaf([3, 4]), leaf([100, 100])]
    const xs = [x, w]
    const z = sum(checkpoint(([a, b]) => mul(a, b), xs))
    xs[1] = other
    expect(grad(z, x).toArray()).toEqual([3, 4])
  })

  test('f may give back what it was given, or what it closes over, and read nothing that is trained', () => {
    const [w, x] = [leaf([1, 2]), leaf([3, 4])]
    const z = add(
      mul(
        checkpoint(v => v, x),
        2,
      ),
      mul(
        checkpoint(() => w, x),
        3,
      ),
    )
    expect(grad(sum(z), [w, x]).map(g => g.toArray())).toEqual([
      [3, 3],
      [2, 2],
    ])
    expect([w.disposed, x.disposed]).toEqual([false, false])
    const plain = checkpoint(v => exp(v), random([2], 1))
    expect([plain.requiresGrad, noGrad(() => checkpoint(v => exp(v), x)).requiresGrad]).toEqual([
      false,
      false,
    ])
    const tree = checkpoint(({ a, rest }) => mul(a, rest[0]), { a: w, rest: [x] })
    expect(grad(sum(tree), { w }).w.toArray()).toEqual([3, 4])
  })

  test('refuses what is no function, no tensor, several inputs, and an f that gives another shape', () => {
    const x = leaf([1, 2])
    expect(() => checkpoint(1 as never, x)).toThrow('checkpoint: f')
    expect(() => checkpoint(v => v, 1 as never)).toThrow('checkpoint: a tensor, an array or a record')
    expect(() => checkpoint(() => 1 as never, x)).toThrow("checkpoint: f's value")
    expect(() => checkpoint(v => v, x, x as never)).toThrow('several inputs are a list')
    let calls = 0
    const z = checkpoint(v => (++calls > 1 ? sum(v) : exp(v)), x)
    expect(() => grad(sum(z), x)).toThrow(
      'checkpoint: f gives [2] each time expected, got [] on the way back',
    )
  })
})

declare function drop(x: Tensor): Tensor
