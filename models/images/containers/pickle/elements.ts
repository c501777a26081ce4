import type { ContainerFile } from '../containerFile.ts'
import { decoded, type Stored } from './stored.ts'
import type { DType } from './values.ts'

/** How many bytes an element has, of types that a list of flags may have. */
const WIDTHS: Readonly<Record<string, number>> = {
  b1: 1,
  u1: 1,
  i1: 1,
  i2: 2,
  i4: 4,
  i8: 8,
  u2: 2,
  u4: 4,
  u8: 8,
}

/** The elements in `stored`: true and false, or numbers; undefined for other types, and bytes that are no whole number of them. */
export function elementsOf(
  file: ContainerFile,
  { code, order }: DType,
  stored: Stored,
): (boolean | number)[] | undefined {
  const width = WIDTHS[code]
  if (width === undefined) return undefined
  const bytes = decoded(file, stored, file.bytes(stored.offset, stored.length))
  if (bytes.length === 0 || bytes.length % width !== 0) return undefined
  return Array.from({ length: bytes.length / width }, (_, i) => {
    const element = bytes.slice(i * width, (i + 1) * width)
    if (order === '>') element.reverse()
    const value = element.reduceRight((sum, byte) => sum * 256 + byte, 0)
    return code === 'b1' && value < 2 ? value === 1 : value
  })
}
