import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { NDArray, TypedArray } from '../../../engine/backends/backend.ts'
import { createWasm } from '../../../engine/backends/wasm/index.ts'
import { Memory } from '../../../engine/backends/wasm/memory.ts'
import { Storage } from '../../../engine/backends/wasm/storage.ts'
import { full, keep, mul, sum, tidy } from '../../../engine/index.ts'
import { check } from '../../support/property.ts'

const MIB = 2 ** 20

function put(storage: Storage, values: Float32Array | Int32Array): NDArray {
  const dtype = values instanceof Int32Array ? 'int32' : 'float32'
  const { array, at } = storage.allocate([values.length], dtype)
  const memory = dtype === 'int32' ? storage.memory.ints : storage.memory.floats
  memory.set(values, at / 4)
  return array
}

/** f as a kernel. */
const call = <T>(storage: Storage, f: () => T): T => storage.wrap({ f }).f()

/** x + x, the way kernels work: by addresses, within a call. */
const twice = (storage: Storage, x: NDArray): NDArray =>
  call(storage, () => {
    const from = storage.at(x) / 4
    const { array, at } = storage.allocate(x.shape, x.dtype)
    const memory = x.dtype === 'int32' ? storage.memory.ints : storage.memory.floats
    for (let i = 0; i < x.shape[0]; i++) memory[at / 4 + i] = 2 * memory[from + i]
    return array
  })

const arrays: fc.Arbitrary<Float32Array | Int32Array> = fc.oneof(
  fc.float32Array({ maxLength: 300 }),
  fc.int32Array({ maxLength: 300 }),
)

/** Any value that a float or an integer may have comes back bit by bit. */
const bits = (values: TypedArray): number[] => [...new Uint32Array(values.slice().buffer)]

describe('Storage', () => {
  it('holds and computes the same whether an array waits for the collector, moved out, or neither', () => {
    const cases = fc.array(fc.tuple(arrays, fc.boolean()), { maxLength: 12 })
    check(
      fc.property(cases, fc.nat(4000), fc.nat(10), (drawn, budget, uses) => {
        const memory = new Memory(4 * MIB)
        const storage = new Storage(memory, budget)
        const held = drawn.map(([values, left]) => {
          const array = put(storage, values)
          if (left) storage.leaveToCollector(array.buffer)
          // Twice is once.
          if (left) storage.leaveToCollector(array.buffer)
          return { values, array }
        })
        for (const { values, array } of held) {
          const read = storage.read(array)
          expect(read.constructor).toBe(values.constructor)
          expect(bits(read)).toEqual(bits(values))
          const used = memory.used
          for (let i = 0; i < uses; i++) {
            const z = twice(storage, array)
            expect(storage.read(z)).toEqual(values.map(x => 2 * x))
            storage.free(z.buffer)
          }
          if (uses < 8) expect(memory.used).toBe(used)
          expect(bits(storage.read(array))).toEqual(bits(values))
        }
        for (const { array } of held) storage.free(array.buffer)
        expect(memory.used).toBe(0)
      }),
    )
  })

  it.each([
    ['in memory', Infinity, false],
    ['left to the collector', Infinity, true],
    ['moved out', 0, true],
  ])('refuses a released array, %s', (_, budget, left) => {
    const storage = new Storage(new Memory(4 * MIB), budget)
    const x = put(storage, Float32Array.of(1, 2))
    if (left) storage.leaveToCollector(x.buffer)
    storage.free(x.buffer)
    expect(() => storage.free(x.buffer)).toThrow('wasm: this array was released before')
    expect(() => storage.read(x)).toThrow('wasm: this array was released')
    expect(() => twice(storage, x)).toThrow('wasm: this array was released')
    storage.leaveToCollector(x.buffer)
    expect(storage.memory.used).toBe(0)
  })

  it('takes in for good what is used again and again', () => {
    const storage = new Storage(new Memory(4 * MIB), 0)
    const x = put(storage, Float32Array.of(1, 2))
    storage.leaveToCollector(x.buffer)
    const used = Array.from({ length: 12 }, () => {
      const z = twice(storage, x)
      expect(storage.read(z)).toEqual(Float32Array.of(2, 4))
      storage.free(z.buffer)
      return storage.memory.used
    })
    expect(used).toEqual([...new Array(8).fill(0), ...new Array(4).fill(64)])
    expect(storage.read(x)).toEqual(Float32Array.of(1, 2))
    storage.leaveToCollector(x.buffer)
    storage.free(x.buffer)
    expect(() => storage.free(x.buffer)).toThrow('wasm: this array was released before')
    expect(storage.memory.used).toBe(0)
  })

  it('holds in memory what is to stay there, and does not count it among what moves out', () => {
    const memory = new Memory(4 * MIB)
    const storage = new Storage(memory, 8)
    const [fresh, waiting, next] = [0, 1, 2].map(i => put(storage, Float32Array.of(i, 7)))
    storage.leaveToCollector(waiting.buffer)
    // Twice is once.
    for (const x of [fresh, waiting, fresh, waiting]) storage.holdInMemory(x.buffer)
    for (const x of [fresh, waiting, next]) storage.leaveToCollector(x.buffer)
    expect(memory.used).toBe(3 * 64)
    for (const [i, x] of [fresh, waiting, next].entries()) {
      expect(storage.read(x)).toEqual(Float32Array.of(i, 7))
      storage.free(x.buffer)
      storage.holdInMemory(x.buffer)
      expect(() => storage.read(x)).toThrow('wasm: this array was released')
    }
    expect(memory.used).toBe(0)
  })

  it('takes back in what is held after it moved out, and keeps it there', () => {
    const storage = new Storage(new Memory(4 * MIB), 0)
    const x = put(storage, Float32Array.of(1, 2))
    storage.leaveToCollector(x.buffer)
    expect(storage.memory.used).toBe(0)
    storage.holdInMemory(x.buffer)
    storage.leaveToCollector(x.buffer)
    expect(storage.memory.used).toBe(64)
    expect(storage.read(x)).toEqual(Float32Array.of(1, 2))
    storage.free(x.buffer)
    expect(storage.memory.used).toBe(0)
  })

  it('gives back what a kernel allocated or copied in before it threw', () => {
    const memory = new Memory(MIB)
    const storage = new Storage(memory, 0)
    const x = put(storage, new Float32Array(1000).fill(1))
    storage.leaveToCollector(x.buffer)
    const failing = (): never =>
      call(storage, () => {
        storage.at(x)
        storage.allocate([5000], 'float32')
        storage.free(storage.allocate([10], 'float32').array.buffer)
        throw new Error('index')
      })
    expect(failing).toThrow('index')
    expect(() =>
      call(storage, () => [storage.allocate([5000], 'float32'), storage.allocate([2 ** 20], 'float32')]),
    ).toThrow('wasm: out of memory')
    expect(memory.used).toBe(0)
    expect(storage.read(twice(storage, x))).toEqual(new Float32Array(1000).fill(2))
  })

  it('moves arrays together where one finds no room between them, and a kernel begins again', () => {
    check(
      fc.property(
        fc.array(fc.integer({ min: 500, max: 20_000 }), { minLength: 40, maxLength: 80 }),
        sizes => {
          const memory = new Memory(4 * MIB)
          const storage = new Storage(memory)
          const lines = (n: number): number => 64 * (Math.ceil(n / 16) + 1)
          let [taken, begun] = [2 * 65536, 0]
          const held: { array: NDArray; stamp: number }[] = []
          for (const [stamp, n] of sizes.entries()) {
            if (taken + lines(n) > 4 * MIB) break
            taken += lines(n)
            held.push({ array: put(storage, new Float32Array(n).fill(stamp)), stamp })
          }
          // Holes between all of them, and one array that waits for the collector.
          const gone = held.filter((_, i) => i % 2 === 1)
          const left = held.filter((_, i) => i % 2 === 0)
          storage.leaveToCollector(left[0].array.buffer)
          for (const { array } of gone) {
            taken -= lines(array.shape[0])
            storage.free(array.buffer)
          }
          // All the room that there is but for the argument of the kernel, which then finds its own elsewhere.
          const n = 16 * Math.floor((4 * MIB - taken) / 64 - 1)
          const whole = call(storage, () => {
            begun++
            const from = storage.at(left[0].array) / 4
            const { array, at } = storage.allocate([n], 'float32')
            memory.floats.fill(memory.floats[from] + 7, at / 4, at / 4 + n)
            return array
          })
          expect(begun).toBe(gone.length > 0 ? 2 : 1)
          expect(storage.read(whole).every(x => x === left[0].stamp + 7)).toBe(true)
          for (const { array, stamp } of left) expect(storage.read(array).every(x => x === stamp)).toBe(true)
          for (const { array } of [...left, { array: whole }]) storage.free(array.buffer)
          expect(memory.used).toBe(0)
        },
      ),
      20,
    )
  })

  it('takes back what the garbage collector found', async () => {
    setFlagsFromString('--expose-gc')
    const gc = runInNewContext('gc') as () => void
    const memory = new Memory(64 * MIB)
    const storage = new Storage(memory)
    const kept = put(storage, Float32Array.of(1))
    storage.leaveToCollector(kept.buffer)
    // Some of what follows gets the registration of one that was freed by hand.
    const freed = Array.from({ length: 10 }, () => put(storage, new Float32Array(500)).buffer)
    for (const buffer of freed) storage.leaveToCollector(buffer)
    for (const buffer of freed) storage.free(buffer)
    for (let i = 0; i < 20; i++) storage.leaveToCollector(put(storage, new Float32Array(1000)).buffer)
    expect(memory.used).toBeGreaterThan(20 * 4000)
    // The collector tells in its own time, later where other processes want the cores.
    for (let i = 0; i < 500 && memory.used > 64; i++) {
      gc()
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    expect(memory.used).toBe(64)
    expect(storage.read(kept)).toEqual(Float32Array.of(1))
  })

  it('tells the garbage collector nothing new while as many arrays as before wait for it', () => {
    const register = vi.spyOn(FinalizationRegistry.prototype, 'register')
    try {
      const storage = new Storage(new Memory(4 * MIB))
      const next = (): NDArray => {
        const x = put(storage, new Float32Array(100))
        storage.leaveToCollector(x.buffer)
        return x
      }
      const parameters = Array.from({ length: 3 }, next)
      for (let step = 0; step < 50; step++) {
        for (const [i, before] of parameters.entries()) {
          storage.free(before.buffer)
          parameters[i] = next()
        }
      }
      expect(register).toHaveBeenCalledTimes(3)
    } finally {
      register.mockRestore()
    }
  })

  it('holds no more outside than its limit, and says what helps', () => {
    const wasm = createWasm({ threads: 1, budget: 0, movedOut: 3.5 * MIB })
    const held = [1, 2, 3].map(() => full([2 ** 18], 1, { backend: wasm }))
    const before = 'wasm: out of memory: 1.0 MiB asked for, tensors outside every tidy hold 3.0 of 3.5 MiB'
    expect(() => full([2 ** 18], 1, { backend: wasm })).toThrow(before)
    expect(() => mul(held[0], 2)).toThrow(/use tidy around each step, or release tensors/)
    expect(wasm.used).toBe(0)
    // Inside a tidy there is room, and outside as soon as something is released.
    expect(tidy(() => sum(mul(held[0], 2)).item())).toBe(2 ** 19)
    expect(() => keep(tidy(() => [keep(mul(held[0], 2))])[0])).toThrow(before)
    held[1].dispose()
    expect(mul(held[0], 2).dataSync()[7]).toBe(2)
    expect(() => createWasm({ movedOut: Number.NaN })).toThrow('movedOut as bytes >= 0 expected, got NaN')
  })

  it('counts nothing that the garbage collector took, in a loop that never waits', () => {
    const storage = new Storage(new Memory(64 * MIB), 0, 256 * MIB)
    for (let i = 0; i < 300; i++) storage.leaveToCollector(put(storage, new Float32Array(2 ** 20)).buffer)
    expect(storage.memory.used).toBe(0)
  })

  it('stays within its budget in a loop that never waits', () => {
    const memory = new Memory(64 * MIB)
    const storage = new Storage(memory, 4 * MIB)
    let x = put(storage, new Float32Array(50_000).fill(1))
    for (let i = 0; i < 1000; i++) {
      x = twice(storage, x)
      storage.leaveToCollector(x.buffer)
    }
    expect(storage.read(x)[0]).toBe(Infinity)
    expect(memory.used).toBeLessThan(5 * MIB)
  })
})
