import { expect } from 'vitest'

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array

const isNumbers = (x: unknown): x is Numbers => ArrayBuffer.isView(x) && !(x instanceof DataView)

/** Equal typed arrays are so at a look; by itself `toEqual` takes each index for a key and looks it up by name. */
expect.addEqualityTesters([
  (a, b) => {
    if (!isNumbers(a) || !isNumbers(b) || a.constructor !== b.constructor || a.length !== b.length)
      return undefined
    // Where they differ, it goes on to say where.
    return a.every((x, i) => Object.is(x, b[i])) || undefined
  },
])
