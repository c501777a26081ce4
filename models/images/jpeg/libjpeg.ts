import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import mozjpeg from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js'

/** What is used of the codec: it is there as soon as the factory returns, where the module is compiled already. */
interface Codec {
  decode(bytes: Uint8Array, turn: boolean): { readonly data: Uint8ClampedArray }
}

let compiled: WebAssembly.Module | undefined
let codec: Codec | undefined
let memory: WebAssembly.Memory
/** What the codec said of the image it is at. */
let said: string | undefined

/** A memory never shrinks: one that an image has made larger than this, in bytes, is left to the collector. */
const KEPT = 64 * 2 ** 20

function started(): Codec {
  compiled ??= new WebAssembly.Module(
    readFileSync(createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm')),
  )
  const parts = {
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(compiled!, imports)
      memory = Object.values(instance.exports).find(value => value instanceof WebAssembly.Memory)!
      done(instance)
      return instance.exports
    },
    printErr(text: string) {
      said ??= text
    },
  }
  // Its types call an instance a module, and do not know of `printErr`.
  void mozjpeg(parts as object)
  return parts as object as Codec
}

/**
 * The pixels of a grey, YCbCr or RGB JPEG as libjpeg has them, four values each, the last of them 255: chroma interpolated, and
 * the transform in integers, so that they are the same bits on every machine. Throws what libjpeg warns of, the first of it, but
 * not of what `isHarmless` says. Turned as Exif says, it is not.
 */
export function rgbaOf(bytes: Uint8Array, isHarmless: (warning: string) => boolean): Uint8ClampedArray {
  said = undefined
  try {
    codec ??= started()
    const { data } = codec.decode(bytes, false)
    if (said !== undefined && !isHarmless(said)) throw new Error(said)
    return data
  } catch (error) {
    // After an error it has not given back what it took.
    codec = undefined
    throw said === undefined ? error : new Error(said)
  } finally {
    if (memory?.buffer.byteLength > KEPT) codec = undefined
  }
}
