import { describe, expect, test } from 'vitest'
import type { Buffer } from '../../engine/backends/backend.ts'
import {
  add,
  exp,
  keep,
  noGrad,
  ones,
  parameter,
  reshape,
  softmax,
  stopGradient,
  sum,
  type Tensor,
  tensor,
  tidy,
  valueAndGrad,
} from '../../engine/index.ts'
import { counting } from '../support/counting.ts'
import { f64 } from '../support/numbers.ts'
import { onReference } from '../support/onReference.ts'

onReference()

describe('tidy', () => {
  test('a result that holds itself is an error, and what was made is released', () => {
    const made: Tensor[] = []
    const circle: Record<string, unknown> = {}
    circle.within = [{ circle }]
    expect(() =>
      tidy(() => {
        made.push(ones([2]))
        return { t: made[0], circle }
      }),
    ).toThrow(/^tidy: a result that does not hold itself expected, got a circle/)
    expect(made[0].disposed).toBe(true)
  })

  test('what is held twice is no circle, and depth costs no stack', () => {
    const t = tidy(() => {
      const both = { x: ones([2]) }
      let deep: unknown = [both, both]
      for (let i = 0; i < 100_000; i++) deep = i % 2 === 0 ? [deep] : { deep }
      return { deep, both }
    }).both.x
    expect(t.toArray()).toEqual([1, 1])
  })

  test('releases what was made inside but not what is returned, in any form', () => {
    const made: Tensor[] = []
    const note = (t: Tensor): Tensor => {
      made.push(t)
      return t
    }
    const out = tidy(() => {
      const a = note(ones([2]))
      const b = note(exp(a))
      return { value: note(add(a, b)), list: [note(ones([1]))], text: 'kept', none: null }
    })
    expect(made.map(t => t.disposed)).toEqual([true, true, false, false])
    expect(out.text).toBe('kept')
  })

  test('leaves what was made outside alone', () => {
    const x = ones([2])
    tidy(() => exp(x))
    expect(x.disposed).toBe(false)
  })

  test('nested: what an inner scope returns belongs to the outer one', () => {
    let inner: Tensor | undefined
    tidy(() => {
      inner = tidy(() => ones([1]))
      expect(inner.disposed).toBe(false)
    })
    expect(inner?.disposed).toBe(true)
  })

  test('keep, and parameters, outlive every scope', () => {
    const [kept, w] = tidy(() =>
      tidy(() => {
        return [keep(ones([1])), parameter([1, 2])].map(t => [t])
      }),
    ).flat()
    tidy(() => [kept, w])
    expect([kept.disposed, w.disposed]).toEqual([false, false])
    let hidden: Tensor | undefined
    tidy(() => {
      hidden = keep(ones([3]))
    })
    expect(hidden?.disposed).toBe(false)
  })

  test('leaves to the garbage collector what no scope holds', () => {
    const { backend, adopted } = counting()
    const buffers = (...ts: Tensor[]): Set<Buffer> => new Set(ts.map(t => t.array.buffer))
    const x = ones([2], { backend })
    expect(adopted).toEqual(buffers(x))
    adopted.clear()
    const [w, kept, returned] = tidy(() => {
      const inner = tidy(() => exp(x))
      expect(adopted.size).toBe(0)
      const parameters = [parameter(inner), keep(ones([3], { backend }))]
      expect(adopted).toEqual(buffers(...parameters))
      return [...parameters, exp(inner)]
    })
    expect(adopted).toEqual(buffers(w, kept, returned))
    adopted.clear()
    tidy(() => w.assign(ones([2], { backend })))
    expect(adopted).toEqual(buffers(w))
  })

  test('a composed op with a gradient of its own holds its values alone', () => {
    const { backend, freed } = counting()
    const x = tensor([1, 2], { backend })
    const z = softmax(x)
    const { buffer } = z.array
    freed.length = 0
    z.dispose()
    expect(freed).toEqual([buffer])
  })

  test('leaves alone what was released by hand', () => {
    const { backend, freed } = counting()
    const out = tidy(() => {
      const [x, y] = [ones([2], { backend }), ones([2], { backend })]
      x.dispose()
      y.dispose()
      return y
    })
    expect(out.disposed).toBe(true)
    expect(freed.length).toBe(2)
  })

  test('releases on an error, and refuses a Promise', () => {
    let x: Tensor | undefined
    expect(() =>
      tidy(() => {
        x = ones([1])
        throw new Error('inside')
      }),
    ).toThrow('inside')
    expect(x?.disposed).toBe(true)
    expect(() => tidy(async () => 1)).toThrow(/tidy: f is synchronous, got a Promise/)
  })

  test.each([tidy, noGrad])(
    'a Promise that is refused may fail later, and nothing else does: %o',
    async refuse => {
      const unheard: unknown[] = []
      const hear = (reason: unknown): number => unheard.push(reason)
      process.on('unhandledRejection', hear)
      try {
        const later = async (): Promise<void> => {
          await Promise.resolve()
          throw new Error('its memory is gone')
        }
        expect(() => refuse(later)).toThrow('f is synchronous, got a Promise')
        await new Promise(resolve => setTimeout(resolve, 5))
        expect(unheard).toEqual([])
      } finally {
        process.off('unhandledRejection', hear)
      }
    },
  )

  test('a whole step of training leaves no memory behind', () => {
    const { backend, freed } = counting()
    const w = parameter([1, 2], { backend, dtype: 'float64' })
    const uploaded: Buffer[] = []
    const step = () =>
      tidy(() => {
        const { grads } = valueAndGrad(() => sum(exp(w)), { w })
        noGrad(() => w.assign(w.sub(grads.w.mul(0.1))))
      })
    for (let i = 0; i < 3; i++) {
      uploaded.push(w.array.buffer)
      step()
    }
    for (const buffer of uploaded) expect(freed).toContain(buffer)
    expect(freed).not.toContain(w.array.buffer)
    expect(new Set(freed).size).toBe(freed.length)
  })
})

describe('dispose', () => {
  test('of one of two that share memory leaves it to the other', () => {
    const { backend, freed } = counting()
    const x = tensor([1, 2], { backend })
    const others = [reshape(x, [2, 1]), stopGradient(x), parameter(x)]
    x.dispose()
    expect(() => x.dispose()).toThrow('dispose: float32[2] was disposed before')
    expect(freed).toEqual([])
    expect(others.map(t => [...t.dataSync()])).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ])
    for (const t of others) t.dispose()
    expect(freed.length).toBe(1)
  })

  test('by Symbol.dispose, as `using` does it, once or after dispose()', () => {
    const { backend, freed } = counting()
    const [x, y] = [ones([2], { backend }), ones([2], { backend })]
    const own = new Set([x, y].map(t => t.array.buffer))
    y.dispose()
    for (const t of [x, y]) t[Symbol.dispose]()
    expect(new Set(freed)).toEqual(own)
    expect(freed.length).toBe(2)
    expect([x.disposed, y.disposed]).toEqual([true, true])
  })

  test('reading what was released is an error that says so', async () => {
    const x = f64([1, 2])
    x.dispose()
    const message = /tensor float64\[2\]: its memory was released/
    expect(() => x.dataSync()).toThrow(message)
    expect(() => exp(x)).toThrow(message)
    await expect(x.data()).rejects.toThrow(message)
    expect(String(x)).toBe('Tensor float64[2] (disposed)')
  })
})
