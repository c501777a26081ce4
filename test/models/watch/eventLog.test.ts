import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { crc32c } from '../../../models/watch/crc32c.ts'
import { eventFileName, eventLog } from '../../../models/watch/eventLog.ts'
import { build } from '../training.ts'
import { crcByBits, event, records } from './eventFile.ts'

const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap(part => [...part]))

/** The events of a log, as the reader sees them. */
function logged(write: (log: ReturnType<typeof eventLog>) => unknown, options = {}) {
  const parts: Uint8Array[] = []
  const log = eventLog(bytes => parts.push(bytes), { now: () => 1.5e9, ...options })
  write(log)
  return records(joined(parts)).map(event)
}

describe('crc32c', () => {
  // RFC 3720, appendix B.4, and the check value of every catalogue of CRCs.
  test.each([
    ['123456789', new TextEncoder().encode('123456789'), 0xe3069283],
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(255), 0x62a8ab43],
    ['0..31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ])('%s', (_, bytes, crc) => expect(crc32c(bytes)).toBe(crc))

  it('is the division bit by bit', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), bytes => crc32c(bytes) === crcByBits(bytes)))
  })
})

describe('eventLog', () => {
  it('begins with the format, and says where a run goes on', () => {
    const version = { wallTime: 1.5e9, step: 0, fileVersion: 'brain.Event:2', status: undefined, values: [] }
    expect(logged(() => {})).toEqual([version])
    expect(logged(() => {}, { step: 70 })).toEqual([
      version,
      // What an earlier file has of step 71 and later is dropped.
      { wallTime: 1.5e9, step: 71, fileVersion: undefined, status: 1, values: [] },
    ])
  })

  it('keeps names, steps and numbers, as float32', () => {
    const scalars = fc.dictionary(fc.string({ minLength: 1 }), fc.float(), {
      minKeys: 1,
      maxKeys: 4,
      noNullPrototype: true,
    })
    fc.assert(
      fc.property(scalars, fc.maxSafeNat(), (values, step) => {
        const [, got] = logged(log => log.scalars(values, step))
        expect(got.step).toBe(step)
        expect(got.values.map(v => [v.tag, v.simpleValue])).toEqual(Object.entries(values))
      }),
    )
  })

  it('counts every value in the bin it lies in', () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 })
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 1, max: 40 }),
        (xs, bins) => {
          const [, got] = logged(log => log.histogram('w', xs, 3, bins))
          const { min, max, num, buckets, limits } = got.values[0].histo!
          expect([min, max, num]).toEqual([Math.min(...xs) + 0, Math.max(...xs) + 0, xs.length])
          expect(buckets.reduce((a, b) => a + b)).toBe(xs.length)
          expect(limits.at(-1)).toBe(max)
          const sorted = [...xs].sort((a, b) => a - b)
          let below = 0
          for (const [i, limit] of limits.entries()) {
            below += buckets[i]
            // A value within a rounding of a limit may be on either side of it.
            const near = (Math.abs(min) + Math.abs(max)) * 2 ** -48
            expect(below).toBeGreaterThanOrEqual(sorted.filter(x => x < limit - near).length)
            expect(below).toBeLessThanOrEqual(sorted.filter(x => x <= limit + near).length)
          }
        },
      ),
    )
    const [, got] = logged(log => log.histogram('w', [0, 1, 2, 3, 4, 4], 3, 2))
    expect(got.values[0]).toEqual({
      tag: 'w',
      simpleValue: undefined,
      histo: { min: 0, max: 4, num: 6, sum: 14, sumSquares: 46, limits: [2, 4], buckets: [2, 4] },
    })
  })

  it('writes what a trainer reports, at each step or some', async () => {
    const parts: Uint8Array[] = []
    const log = eventLog(bytes => parts.push(bytes), { every: 2 })
    const losses: number[] = []
    const onStep = (report: Parameters<typeof log.onStep>[0]): void => {
      losses.push(report.loss)
      log.onStep(report)
    }
    await build().run({ steps: 5, onStep })
    const [, ...events] = records(joined(parts)).map(event)
    expect(events.map(e => e.step)).toEqual([2, 4])
    const of = (tag: string) => events.map(e => e.values.find(v => v.tag === tag)?.simpleValue)
    expect(of('loss')).toEqual([losses[1], losses[3]].map(Math.fround))
    expect(of('lr')).toEqual([0.01, 0.01].map(Math.fround))
  })

  it('damage of any byte is seen by a reader', () => {
    const parts: Uint8Array[] = []
    eventLog(bytes => parts.push(bytes), { now: () => 0 }).scalars({ loss: 1 }, 1)
    const file = joined(parts)
    for (let i = 0; i < file.length; i++) {
      const damaged = file.slice()
      damaged[i] ^= 4
      expect(() => records(damaged)).toThrow()
    }
  })

  it('refuses what it cannot write, by name', () => {
    const log = eventLog(() => {})
    expect(() => log.histogram('w', [1, Number.NaN], 1)).toThrow(
      'eventLog.histogram: finite values expected, got NaN at index 1',
    )
    expect(() => log.histogram('w', [], 1)).toThrow('at least one value expected, got none')
    expect(() => log.scalars({ a: 1 }, -1)).toThrow('step as an integer >= 0 expected, got -1')
    expect(() => log.scalars({ a: '1' as unknown as number }, 1)).toThrow('a as a number expected, got "1"')
    expect(() => eventLog(undefined as never)).toThrow('write as a function expected')
  })

  it('names files so that they sort by time', () => {
    expect(eventFileName(1.5e9)).toBe('events.out.tfevents.1500000000.000.ir-softmax')
    const times = [5, 1e9, 1.7e9 + 0.25]
    expect(times.map(t => eventFileName(t)).sort()).toEqual(times.map(t => eventFileName(t)))
  })
})
