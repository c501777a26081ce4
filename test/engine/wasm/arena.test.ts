import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Arena } from '../../../engine/backends/wasm/arena.ts'
import { Generator } from '../../../engine/index.ts'
import { seeds } from '../../../engine/testing/index.ts'
import { check } from '../../support/property.ts'

/** Words of a line, and the line where blocks begin. */
const WORDS = 16
const BEGIN = 7

interface Block {
  readonly line: number
  readonly lines: number
  readonly used: boolean
}

const lengthOf = ({ words }: Arena, line: number): number => words[line * WORDS]

/** All blocks from the first on, as their lengths tell. */
function walk(arena: Arena): Block[] {
  const blocks: Block[] = []
  for (let line = BEGIN; line < arena.end; line += lengthOf(arena, line)) {
    blocks.push({ line, lines: lengthOf(arena, line), used: arena.isUsed(line) })
  }
  return blocks
}

/** A block where there is none yet is appended, as the memory does it; its holder writes `id` all over it. */
function allocate(arena: Arena, lines: number, id = 1): number {
  const line = arena.take(lines) || arena.append(lines)
  arena.words.fill(-id, (line + 1) * WORDS, (line + lengthOf(arena, line)) * WORDS)
  return line
}

const arenaOf = (lines: number): Arena => new Arena(new Int32Array(lines * WORDS), BEGIN)

const lengths = fc.oneof(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 3000 }))
/** A length to allocate for an owner or for none, which block to release, or that all are moved together. */
const commands = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ lines: lengths, owned: fc.boolean() }) },
    { weight: 6, arbitrary: fc.record({ release: fc.nat(99) }) },
    { weight: 1, arbitrary: fc.constant({ compact: true }) },
  ),
  { maxLength: 80 },
)

interface Held {
  line: number
  readonly lines: number
  /** Its number, and whether it is its owner's. */
  readonly id: number
  readonly owned: boolean
}

/** What lies between the blocks in use is one block, and none is left at the end. */
function expectWhole(arena: Arena, held: readonly Held[]): void {
  const sorted = [...held].sort((a, b) => a.line - b.line)
  let from = BEGIN
  const expected: Block[] = []
  for (const { line, lines, id } of sorted) {
    if (from < line) expected.push({ line: from, lines: line - from, used: false })
    expected.push({ line, lines, used: true })
    from = line + lines
    const values = arena.words.subarray((line + 1) * WORDS, from * WORDS)
    expect(values.every(x => x === -id)).toBe(true)
  }
  expect(walk(arena)).toEqual(expected)
  expect(arena.end).toBe(from)
  expect([arena.blocks, arena.used]).toEqual([held.length, held.reduce((sum, { lines }) => sum + lines, 0)])
}

describe('Arena', () => {
  it('has the blocks of a plain list, which merges and moves them by looking at all', () => {
    check(
      fc.property(commands, sequence => {
        const arena = arenaOf(80 * 3000)
        const held: Held[] = []
        for (const [i, command] of sequence.entries()) {
          if ('lines' in command) {
            const { lines, owned } = command
            const free = walk(arena).filter(block => !block.used)
            const fitting = free.filter(block => block.lines >= lines)
            const line = allocate(arena, lines, i + 1)
            if (owned) arena.setOwner(line, i + 1)
            const taken = free.find(block => block.line === line)
            expect(taken === undefined).toBe(fitting.length === 0)
            // The shortest that fits, or of its class, or of the next: a class is a thirty-second of an octave.
            const shortest = Math.min(...fitting.map(block => block.lines))
            if (taken !== undefined) expect(taken.lines).toBeLessThanOrEqual(shortest * (1 + 1 / 32))
            held.push({ line, lines, id: i + 1, owned })
          } else if ('compact' in command) {
            const before = held.map(({ line }) => line)
            arena.compact((owner, line) => {
              held.find(({ id }) => id === owner)!.line = line
            })
            for (const [j, { owned, line }] of held.entries()) if (!owned) expect(line).toBe(before[j])
            for (const block of walk(arena)) {
              const next = held.find(({ line }) => line === block.line + block.lines)
              if (!block.used) expect(next?.owned).toBe(false)
            }
          } else if (held.length > 0) {
            arena.release(held.splice(command.release % held.length, 1)[0].line)
          }
          expectWhole(arena, held)
        }
        for (const { line } of held) arena.release(line)
        expect(arena.end).toBe(BEGIN)
      }),
      150,
    )
  })

  it('takes little more than what is in use at most, step for step of a training', () => {
    check(
      fc.property(seeds(), fc.boolean(), (seed, again) => {
        const rng = new Generator(seed)
        const arena = arenaOf(2 ** 17)
        let [used, most, end] = [0, 0, 0]
        const make = (lines: number): number => {
          const line = allocate(arena, lines)
          used += lengthOf(arena, line)
          most = Math.max(most, used)
          end = Math.max(end, arena.end - BEGIN)
          return line
        }
        const drop = (line: number): void => {
          used -= lengthOf(arena, line)
          arena.release(line)
        }
        const layers = Array.from({ length: 20 }, (_, i) => ({
          weights: rng.integer(2, Math.floor(2 ** (4 + i / 3))),
          map: rng.integer(2 ** 9, 2 ** 10) >> Math.floor(i / 5),
          scratch: rng.integer(2, 300),
        }))
        const weights = layers.map(layer => make(layer.weights))
        for (let step = 0; step < 10; step++) {
          // Other sizes each step: the worst for whoever keeps blocks by size.
          const scale = again ? 1 : rng.uniform(0.5, 1)
          const sized = (lines: number): number => 2 + Math.floor(lines * scale)
          const maps = layers.map(({ map, scratch }) => {
            const packed = make(scratch)
            const z = make(sized(map))
            drop(packed)
            return z
          })
          const grads: number[] = []
          let dz = make(sized(layers[19].map))
          for (let i = 19; i >= 0; i--) {
            const { map, scratch } = layers[i]
            const packed = make(scratch)
            grads.push(make(layers[i].weights))
            const dx = make(sized(map))
            for (const line of [packed, dz, maps[i]]) drop(line)
            dz = dx
          }
          drop(dz)
          const next = layers.map(layer => make(layer.weights))
          for (const line of [...grads, ...weights.splice(0)]) drop(line)
          weights.push(...next)
        }
        // No block can move: 1.11 to 1.14 on average, and 1.25 at worst in 300 runs.
        expect(end).toBeLessThan(1.35 * most)
      }),
      20,
    )
  })
})
