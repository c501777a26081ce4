import type { Shape } from '../../engine/index.ts'
import { widthOf } from '../elements/kinds.ts'
import { type Code, KIND_OF, LENGTH, METADATA } from './dtypes.ts'

export interface Block {
  readonly name: string
  readonly dtype: Code
  readonly shape: Shape
  readonly values: ArrayBufferView
}

/**
 * Arrays as bytes in the safetensors layout (github.com/huggingface/safetensors): the header's length; the header, JSON
 * that gives each tensor's dtype, shape and place; then the elements, little-endian as every engine in use holds them.
 * Throws on a tensor named `__metadata__` and on two of one name.
 */
export function writeSafetensors(
  what: string,
  blocks: readonly Block[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const rows = new Map<string, object>([[METADATA, metadata]])
  // The widest first, so that every tensor starts at a multiple of its element's size.
  const sorted = [...blocks].sort((a, b) => widthOf(KIND_OF[b.dtype]) - widthOf(KIND_OF[a.dtype]))
  let end = 0
  for (const { name, dtype, shape, values } of sorted) {
    if (name === METADATA) throw new Error(`${what}: a tensor's name expected, got the reserved ${METADATA}`)
    if (rows.has(name)) throw new Error(`${what}: names that differ expected, got ${name} twice`)
    rows.set(name, { dtype, shape, data_offsets: [end, end + values.byteLength] })
    end += values.byteLength
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(rows)))
  const header = LENGTH + Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(header + end).fill(0x20, LENGTH, header)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header - LENGTH), true)
  bytes.set(text, LENGTH)
  let at = header
  for (const { values } of sorted) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at)
    at += values.byteLength
  }
  return bytes
}
