import { closeSync, openSync, writeSync } from 'node:fs'

/** Opcodes of Python's pickle, protocol 3. */
const [PROTO, STOP] = [0x80, 0x2e]
const [EMPTY_LIST, MARK, APPENDS, TUPLE2] = [0x5d, 0x28, 0x65, 0x86]
const [NEWTRUE, NEWFALSE, BINBYTES] = [0x88, 0x89, 0x42]

/**
 * A verification set as insightface's `lfw.bin`: the pickle of (images, issame), the encoded images two a pair, and whether each pair is
 * of one person.
 */
export function writeVerificationBin(
  path: string,
  pairs: readonly { readonly first: number; readonly second: number; readonly same: boolean }[],
  read: (i: number) => Uint8Array,
): void {
  const file = openSync(path, 'w')
  const write = (...bytes: number[]): number => writeSync(file, Uint8Array.from(bytes))
  try {
    write(PROTO, 3, EMPTY_LIST, MARK)
    for (const { first, second } of pairs) {
      for (const image of [read(first), read(second)]) {
        const length = Buffer.alloc(4)
        length.writeUInt32LE(image.length)
        write(BINBYTES, ...length)
        writeSync(file, image)
      }
    }
    write(APPENDS, EMPTY_LIST, MARK)
    write(...pairs.map(({ same }) => (same ? NEWTRUE : NEWFALSE)), APPENDS, TUPLE2, STOP)
  } finally {
    closeSync(file)
  }
}
