import { describe, expect, it } from 'vitest'
import * as engine from '../engine/index.ts'
import * as testing from '../engine/testing/index.ts'
import * as losses from '../losses/index.ts'
import * as images from '../models/images/index.ts'
import * as models from '../models/index.ts'

const { tensor } = engine
const matrix = () =>
  tensor([
    [1, 2],
    [3, 4],
  ])

/** What plain JavaScript may give in the place of anything. */
const wrong = (): unknown[] => [
  ...[undefined, null, Number.NaN, -1, 0.5, 'text', true, 1n, Symbol('q'), new Date(0), new Map(), () => 1],
  ...[[], [1, 2], [[0, 1]], [undefined], [null], ['a'], {}, { a: 1 }, { length: 2 }, Object.create(null)],
  ...[new Float32Array(3), Promise.resolve(1), matrix(), tensor([0, 1], { dtype: 'int32' })],
]
/** What may be right in the first place. */
const first = (): unknown[] => [matrix(), [0, 1], {}]

/** They change what all tests share, take what is no data, or build a large net of any options. */
const LEFT_OUT = new Set([
  ...['setBackend', 'setDebug', 'setExact', 'setThreads', 'startBackend', 'GradcheckError'],
  ...['ContainerError', 'UnreadableError'],
  ...['resNet50', 'irNet', 'sphereFaceNet', 'lightCnn9', 'mobileFaceNet', 'lenetPlusPlus'],
])

type Loose = (...args: unknown[]) => unknown

function callOf(f: Loose): Loose {
  const isClass = Function.prototype.toString.call(f).startsWith('class')
  return isClass ? (...args) => new (f as unknown as new (...args: unknown[]) => unknown)(...args) : f
}

/** What it throws, at once or later. */
async function thrown(f: Loose, args: readonly unknown[]): Promise<unknown> {
  try {
    await f(...args)
  } catch (error) {
    return error ?? 'nothing'
  }
}

const OURS: readonly unknown[] = [Error, images.UnreadableError, images.ContainerError]
/** An Error that begins with a name and says what was expected: no TypeError of JavaScript's. */
const isOurs = (error: unknown): boolean =>
  error instanceof Error && OURS.includes(error.constructor) && /^[a-zA-Z0-9_.]+.*: ./.test(error.message)

describe.each(Object.entries({ engine, testing, losses, models, images }))('%s', (_, all) => {
  const functions = Object.entries(all).filter(([name, f]) => typeof f === 'function' && !LEFT_OUT.has(name))

  it('refuses wrong arguments by an error of ours, or takes them', async () => {
    for (const [name, f] of functions) {
      const call = callOf(f as Loose)
      const tries = [...wrong().map(a => [a]), ...first().flatMap(a => wrong().map(b => [a, b]))]
      for (const args of tries) {
        const error = await thrown(call, args)
        if (error !== undefined && !isOurs(error)) {
          expect.fail(
            `${name} of ${args.map(arg => Object.prototype.toString.call(arg)).join(', ')}: ${error}`,
          )
        }
      }
    }
  })
})
