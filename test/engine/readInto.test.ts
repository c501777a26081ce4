import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import { tensor } from '../../engine/index.ts'
import { readInto } from '../../engine/readInto.ts'
import { subjects } from '../support/backends.ts'
import { check } from '../support/property.ts'

/** Those of this run, and wasm where every array moves out of its memory. */
const backends = async (): Promise<Backend[]> => [
  createWasm({ threads: 1, budget: 0 }),
  ...(await Promise.all(subjects().map(subject => subject.create()))),
]
const values = fc.array(fc.integer({ min: -(2 ** 20), max: 2 ** 20 }), { maxLength: 20 })

test('what data() gives, in the memory that was handed in where the backend can', async () => {
  const all = await backends()
  await check(
    fc.asyncProperty(values, fc.nat(3), fc.boolean(), async (numbers, more, whole) => {
      for (const backend of all) {
        const Values = whole ? Int32Array : Float32Array
        const t = tensor(Values.from(numbers), { backend })
        const target = new Values(numbers.length + more)
        const read = await readInto(t, target)
        expect(read).toEqual(await t.data())
        if (backend.valuesInPlace !== undefined) expect(read.buffer).toBe(target.buffer)
        t.dispose()
        await expect(readInto(t, target)).rejects.toThrow('its memory was released')
      }
    }),
  )
})
