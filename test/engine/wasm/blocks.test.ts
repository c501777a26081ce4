import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Memory } from '../../../engine/backends/wasm/memory.ts'
import { check } from '../../support/property.ts'

const MIB = 2 ** 20

/** The blocks in use, each filled with a number of its own. */
interface Model {
  blocks: { at: number; bytes: number; stamp: number }[]
  stamps: number
}

type Command = fc.Command<Model, Memory>

const filled = (memory: Memory, { at, bytes }: Model['blocks'][number]): Int32Array =>
  memory.ints.subarray(at / 4, at / 4 + Math.ceil(bytes / 4))

/** What holds after every command. */
function intact(model: Model, memory: Memory): void {
  const sorted = [...model.blocks].sort((a, b) => a.at - b.at)
  sorted.forEach((block, i) => {
    expect(block.at % 64).toBe(0)
    if (i > 0) expect(block.at).toBeGreaterThanOrEqual(sorted[i - 1].at + sorted[i - 1].bytes)
    expect(filled(memory, block).every(x => x === block.stamp)).toBe(true)
  })
  // Whole lines, and one at least.
  const lines = model.blocks.map(({ bytes }) => Math.max(1, Math.ceil(bytes / 64)))
  expect(memory.used).toBe(64 * lines.reduce((sum, n) => sum + n, 0))
}

const allocate = (bytes: number): Command => ({
  check: () => true,
  run(model, memory) {
    const block = { at: memory.allocate(bytes), bytes, stamp: model.stamps++ }
    filled(memory, block).fill(block.stamp)
    model.blocks.push(block)
    intact(model, memory)
  },
  toString: () => `allocate(${bytes})`,
})

const release = (i: number): Command => ({
  check: model => model.blocks.length > 0,
  run(model, memory) {
    const [{ at }] = model.blocks.splice(i % model.blocks.length, 1)
    memory.release(at)
    expect(() => memory.release(at)).toThrow(`wasm: the block at ${at} was released before`)
    intact(model, memory)
  },
  toString: () => `release(${i})`,
})

const sizes = fc.oneof(fc.nat(2000), fc.nat(MIB), fc.constantFrom(0, 64, 256, 257, 4096, 2 * MIB))

describe('Memory', () => {
  it('deals aligned blocks that no other block touches, whatever came before', () => {
    const commands = fc.commands([sizes.map(allocate), fc.nat(99).map(release)], { maxCommands: 60 })
    check(
      fc.property(commands, sequence => {
        fc.modelRun(() => ({ model: { blocks: [], stamps: 1 }, real: new Memory(256 * MIB) }), sequence)
      }),
    )
  })

  it('gives the same memory again after a release, so that a step takes none', () => {
    check(
      fc.property(fc.array(sizes, { minLength: 1, maxLength: 20 }), asked => {
        const memory = new Memory(256 * MIB)
        const step = (): number[] => {
          const blocks = asked.map(bytes => memory.allocate(bytes))
          for (const at of blocks) memory.release(at)
          return blocks.sort((a, b) => a - b)
        }
        const first = step()
        const size = memory.shared.buffer.byteLength
        for (let i = 0; i < 5; i++) expect(step()).toEqual(first)
        expect(memory.shared.buffer.byteLength).toBe(size)
        expect(memory.used).toBe(0)
      }),
      20,
    )
  })

  it('leaves views as they were when it grows', () => {
    const memory = new Memory()
    const at = memory.allocate(400)
    const view = memory.floats.subarray(at / 4, at / 4 + 100)
    view.fill(3)
    const before = memory.shared.buffer.byteLength
    const large = memory.allocate(2 * before)
    memory.floats.fill(7, large / 4, large / 4 + before / 2)
    expect(memory.shared.buffer.byteLength).toBeGreaterThan(before)
    view[0] = 5
    expect(memory.floats[at / 4]).toBe(5)
    expect(view.subarray(1).every(x => x === 3)).toBe(true)
  })

  it('says what is in use at the limit, and goes on with what is given back', () => {
    check(
      fc.property(fc.integer({ min: 1, max: MIB }), fc.integer({ min: 1, max: 8 }), (bytes, mib) => {
        const memory = new Memory(mib * MIB)
        const blocks: number[] = []
        const fill = (): void => {
          for (;;) blocks.push(memory.allocate(bytes))
        }
        expect(fill).toThrow(
          new RegExp(
            `^wasm: out of memory: [\\d.]+ MiB asked for, [\\d.]+ of ${mib}.0 MiB in use; release tensors or use tidy$`,
          ),
        )
        // All but the control block's page, the last page, a line a block, and what does not fill one more.
        const room = memory.used + 64 * blocks.length + 2 * 65536
        expect(room + bytes + 2 * 64).toBeGreaterThan(mib * MIB)
        expect(new Set(blocks).size).toBe(blocks.length)
        if (blocks.length === 0) return
        const given = blocks.pop() as number
        memory.release(given)
        expect(memory.allocate(bytes)).toBe(given)
        // Neighbours that were given back are one block, whatever their number and order.
        memory.release(given)
        for (const [i, at] of blocks.entries()) if (i % 2 === 0) memory.release(at)
        for (const [i, at] of blocks.entries()) if (i % 2 === 1) memory.release(at)
        expect(memory.used).toBe(0)
        expect(memory.allocate(mib * MIB - 2 * 65536 - 64)).toBe(Math.min(given, ...blocks))
      }),
    )
  })

  it('refuses what is no size, or beyond the limit, and goes on', () => {
    const memory = new Memory(4 * MIB)
    const block = memory.allocate(100)
    for (const bytes of [Number.NaN, Infinity, -1, 0.5, 2 ** 53]) {
      expect(() => memory.allocate(bytes)).toThrow(`wasm: a size in bytes expected, got ${bytes}`)
    }
    for (const bytes of [2 ** 22 + 1, 2 ** 32, 2 ** 40, 2 ** 40 + 4, 2 ** 52]) {
      expect(() => memory.allocate(bytes)).toThrow(
        `wasm: out of memory: ${(bytes / MIB).toFixed(1)} MiB asked for`,
      )
    }
    memory.release(block)
    expect(memory.allocate(100)).toBe(block)
  })

  it('refuses a limit that is no size of a memory', () => {
    for (const limit of [0, -1, 65536, Number.NaN, 2 ** 33]) {
      expect(() => new Memory(limit)).toThrow(/^wasm: a limit of 196608 to 4294967296 bytes expected, got/)
    }
  })
})
