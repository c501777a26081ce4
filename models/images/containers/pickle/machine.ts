import type { ContainerFile } from '../containerFile.ts'
import { Cursor } from '../cursor.ts'
import { built, called, isKnown } from './calls.ts'
import { type Coding, Stored } from './stored.ts'
import { Global, List, shownValue, textOf, type Value } from './values.ts'

/** The longest line that is a number or a name. */
const LONGEST = 256

/** A pickle's stack, with marks in it, and its memo. */
export class Machine {
  readonly cursor: Cursor
  readonly #file: ContainerFile
  readonly #stack: Value[] = []
  readonly #marks: number[] = []
  readonly #memo = new Map<number, Value>()
  /** Where the opcode that is done now stands. */
  #at = 0

  constructor(file: ContainerFile) {
    this.#file = file
    this.cursor = new Cursor(file)
  }

  opcode(): number {
    this.#at = this.cursor.offset
    return this.cursor.byte()
  }

  error(expected: string, got: string): Error {
    return this.#file.error(this.#at, expected, got)
  }

  push(value: Value): void {
    this.#stack.push(value)
  }

  pop(): Value {
    const value = this.#stack.length > (this.#marks.at(-1) ?? 0) ? this.#stack.pop() : undefined
    if (value === undefined) throw this.error('a value on the stack', 'none')
    return value
  }

  mark(): void {
    this.#marks.push(this.#stack.length)
  }

  /** What lies above the last mark, which goes with it. */
  popMark(): Value[] {
    const mark = this.#marks.pop()
    if (mark === undefined) throw this.error('a mark on the stack', 'none')
    return this.#stack.splice(mark)
  }

  tuple(count: number): void {
    const items = Array.from({ length: count }, () => this.pop())
    this.push(items.reverse())
  }

  list(items: readonly Value[]): void {
    const list = new List()
    for (const item of items) list.items.push(item)
    this.push(list)
  }

  append(items: readonly Value[]): void {
    const list = this.#top()
    if (!(list instanceof List)) throw this.error('a list to append to', shownValue(list))
    for (const item of items) list.items.push(item)
  }

  stored(length: number, coding: Coding, text: boolean): void {
    this.push(new Stored(this.cursor.skip(length), length, coding, text))
  }

  storedLine(coding: Coding, text: boolean): void {
    const from = this.cursor.offset
    this.push(new Stored(from, this.cursor.line(), coding, text))
  }

  /** A line of few characters. */
  line(): string {
    const from = this.cursor.offset
    const length = this.cursor.line()
    if (length > LONGEST) throw this.error(`a line of at most ${LONGEST} characters`, `one of ${length}`)
    return String.fromCharCode(...this.#file.bytes(from, length)).replace(/\r$/, '')
  }

  /** A line that is an index of the memo. */
  index(): number {
    const line = this.line()
    if (!/^\d{1,15}$/.test(line)) throw this.error('an index of the memo', JSON.stringify(line))
    return Number(line)
  }

  integer(): void {
    const line = this.line()
    // Booleans are 00 and 01 in protocols 0 and 1.
    if (line === '00' || line === '01') this.push(line === '01')
    else if (/^-?\d{1,15}L?$/.test(line)) this.push(Number.parseInt(line, 10))
    else throw this.error('an integer of at most 15 digits', JSON.stringify(line))
  }

  /** An integer of so many bytes, of which few are asked for. */
  long(length: number): void {
    if (length > 6) throw this.error('an integer of at most 6 bytes', `one of ${length}`)
    const value = this.cursor.uint(length)
    this.push(length > 0 && value >= 2 ** (8 * length - 1) ? value - 2 ** (8 * length) : value)
  }

  global(module: string | undefined, name: string | undefined): void {
    const whole = `${module}.${name}`
    if (!isKnown(whole)) throw this.error('names that a pickle of images has', JSON.stringify(whole))
    this.push(new Global(whole))
  }

  stackGlobal(): void {
    const [name, module] = [this.pop(), this.pop()]
    this.global(textOf(this.#file, module), textOf(this.#file, name))
  }

  reduce(): void {
    const [args, callee] = [this.pop(), this.pop()]
    const value = called(this.#file, callee, args)
    if (value === undefined) {
      const given = Array.isArray(args) ? `(${args.map(shownValue).join(', ')})` : ` ${shownValue(args)}`
      throw this.error('a call that makes bytes, or an array of NumPy', `${shownValue(callee)}${given}`)
    }
    this.push(value)
  }

  build(): void {
    const [state, value] = [this.pop(), this.pop()]
    const result = built(this.#file, value, state)
    if (result === undefined) {
      throw this.error(
        "an array of NumPy's state, or a dtype's",
        `${shownValue(state)} for ${shownValue(value)}`,
      )
    }
    this.push(result)
  }

  put(index: number): void {
    this.#memo.set(index, this.#top())
  }

  memoize(): void {
    this.put(this.#memo.size)
  }

  get(index: number): void {
    const value = this.#memo.get(index)
    if (value === undefined) throw this.error('an index of the memo', `${index}, where nothing is`)
    this.push(value)
  }

  /** The one value that is left. */
  result(): Value {
    const value = this.pop()
    if (this.#stack.length > 0 || this.#marks.length > 0) throw this.error('one value at the end', 'more')
    if (!this.cursor.ended) {
      throw this.#file.error(this.cursor.offset, 'the end of the file after the pickle', 'more bytes')
    }
    return value
  }

  #top(): Value {
    const value = this.pop()
    this.push(value)
    return value
  }
}
