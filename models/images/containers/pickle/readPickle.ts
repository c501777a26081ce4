import type { ContainerFile } from '../containerFile.ts'
import { Machine } from './machine.ts'
import type { Value } from './values.ts'

type Opcode = (machine: Machine) => void

/** Those that Python 2 and 3 write for lists, tuples, bytes, text, numbers and arrays of NumPy, in protocols 0 to 5. */
const OPCODES: Readonly<Record<number, Opcode>> = byCode({
  '\x80': m => {
    const protocol = m.cursor.byte()
    if (protocol > 5) throw m.error('a protocol up to 5', `${protocol}`)
  },
  // A frame is a hint of how much to read ahead.
  '\x95': m => {
    const [length, left] = [m.cursor.uint(8), m.cursor.file.size - m.cursor.offset]
    if (length > left) throw m.error(`a frame of at most ${left} bytes`, `${length}`)
  },
  '(': m => m.mark(),
  '0': m => void m.pop(),
  '1': m => void m.popMark(),
  ']': m => m.list([]),
  l: m => m.list(m.popMark()),
  a: m => m.append([m.pop()]),
  e: m => m.append(m.popMark()),
  ')': m => m.tuple(0),
  t: m => m.push(m.popMark()),
  '\x85': m => m.tuple(1),
  '\x86': m => m.tuple(2),
  '\x87': m => m.tuple(3),
  N: m => m.push(null),
  '\x88': m => m.push(true),
  '\x89': m => m.push(false),
  I: m => m.integer(),
  L: m => m.integer(),
  J: m => m.push(m.cursor.int32()),
  K: m => m.push(m.cursor.byte()),
  M: m => m.push(m.cursor.uint(2)),
  '\x8a': m => m.long(m.cursor.byte()),
  S: m => m.storedLine('repr', false),
  T: m => m.stored(m.cursor.uint(4), 'raw', false),
  U: m => m.stored(m.cursor.byte(), 'raw', false),
  B: m => m.stored(m.cursor.uint(4), 'raw', false),
  C: m => m.stored(m.cursor.byte(), 'raw', false),
  '\x8e': m => m.stored(m.cursor.uint(8), 'raw', false),
  '\x96': m => m.stored(m.cursor.uint(8), 'raw', false),
  V: m => m.storedLine('rawUnicodeEscape', true),
  X: m => m.stored(m.cursor.uint(4), 'utf8', true),
  '\x8c': m => m.stored(m.cursor.byte(), 'utf8', true),
  '\x8d': m => m.stored(m.cursor.uint(8), 'utf8', true),
  c: m => m.global(m.line(), m.line()),
  '\x93': m => m.stackGlobal(),
  R: m => m.reduce(),
  b: m => m.build(),
  p: m => m.put(m.index()),
  q: m => m.put(m.cursor.byte()),
  r: m => m.put(m.cursor.uint(4)),
  '\x94': m => m.memoize(),
  g: m => m.get(m.index()),
  h: m => m.get(m.cursor.byte()),
  j: m => m.get(m.cursor.uint(4)),
})

const STOP = '.'.charCodeAt(0)

/**
 * The value of a pickle of images: lists, tuples, bytes, text, numbers and arrays of NumPy. It is no general unpickler: nothing
 * is called, and on an opcode or a name that such a pickle has not it throws, with its offset. Long bytes stay in the file.
 * Source: CPython, Lib/pickletools.py, where each opcode stands with its arguments.
 */
export function readPickle(file: ContainerFile): Value {
  const machine = new Machine(file)
  for (let code = machine.opcode(); code !== STOP; code = machine.opcode()) {
    const opcode = OPCODES[code]
    if (opcode === undefined) {
      const shown =
        code > 32 && code < 127 ? String.fromCharCode(code) : `0x${code.toString(16).padStart(2, '0')}`
      throw machine.error('an opcode that a pickle of images has', shown)
    }
    opcode(machine)
  }
  return machine.result()
}

function byCode(opcodes: Readonly<Record<string, Opcode>>): Record<number, Opcode> {
  return Object.fromEntries(Object.entries(opcodes).map(([name, opcode]) => [name.charCodeAt(0), opcode]))
}
