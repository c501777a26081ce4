import { closeSync, fstatSync, openSync, read, readSync, statSync } from 'node:fs'

/** A container that is not what its format says; `offset` is the byte of `file` at which that is seen. */
export class ContainerError extends Error {
  readonly file: string
  readonly offset: number

  constructor(op: string, file: string, offset: number, expected: string, got: string) {
    super(`${op}: ${file}: at byte ${offset}: ${expected} expected, got ${got}`)
    this.file = file
    this.offset = offset
  }
}

/** An open file that is read at any place, and never beyond its end: a damaged length takes no memory. */
export class ContainerFile {
  readonly path: string
  readonly size: number
  readonly #op: string
  readonly #descriptor: number
  readonly #running = new Set<Promise<unknown>>()
  #closed = false

  /** `op` opens errors. Throws when there is no such file; what is none, such as a pipe, is not opened: it might never end. */
  constructor(op: string, path: string) {
    this.path = path
    this.#op = op
    const wrong = (got: string): Error => new Error(`${op}: a file expected at ${path}, got ${got}`)
    try {
      const stat = statSync(path)
      if (!stat.isFile()) throw wrong(stat.isDirectory() ? 'a folder' : 'no regular file')
      this.#descriptor = openSync(path, 'r')
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      throw code === undefined ? error : wrong(code)
    }
    this.size = fstatSync(this.#descriptor).size
  }

  error(offset: number, expected: string, got: string): ContainerError {
    return new ContainerError(this.#op, this.path, offset, expected, got)
  }

  /** Bytes offset..offset+length-1, at once. */
  bytes(offset: number, length: number): Uint8Array {
    const bytes = this.#room(offset, length)
    for (let filled = 0; filled < length; ) {
      const count = readSync(this.#descriptor, bytes, filled, length - filled, offset + filled)
      filled += this.#checked(count, offset, length, filled)
    }
    return bytes
  }

  /** The same later. */
  read(offset: number, length: number): Promise<Uint8Array> {
    const work = this.#read(offset, length)
    this.#running.add(work)
    const done = (): boolean => this.#running.delete(work)
    work.then(done, done)
    return work
  }

  async #read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = this.#room(offset, length)
    for (let filled = 0; filled < length; ) {
      const count = await new Promise<number>((resolve, reject) => {
        read(this.#descriptor, bytes, filled, length - filled, offset + filled, (error, n) =>
          error === null ? resolve(n) : reject(error),
        )
      })
      filled += this.#checked(count, offset, length, filled)
    }
    return bytes
  }

  /** Memory of its own, so that it can be transferred to a thread. */
  #room(offset: number, length: number): Uint8Array {
    if (this.#closed) throw new Error(`${this.#op}: ${this.path}: an open file expected, got a closed one`)
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size)) {
      throw this.error(offset, `${length} bytes`, `a file of ${this.size}`)
    }
    return new Uint8Array(length)
  }

  /** Throws where the file has become shorter than it was. */
  #checked(count: number, offset: number, length: number, filled: number): number {
    if (count > 0) return count
    throw this.error(offset, `${length} bytes`, `the file's end after ${filled}`)
  }

  /** After the reads that run. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await Promise.allSettled(this.#running)
    closeSync(this.#descriptor)
  }

  /** At once, where nothing is being read. */
  closeNow(): void {
    this.#closed = true
    closeSync(this.#descriptor)
  }
}

/** What `body` makes of an open file, which stays open unless it throws. */
export function openedFile<T>(op: string, path: string, body: (file: ContainerFile) => T): T {
  const file = new ContainerFile(op, path)
  try {
    return body(file)
  } catch (error) {
    file.closeNow()
    throw error
  }
}

/** What `body` makes of a file, which is closed then. */
export function readFile<T>(op: string, path: string, body: (file: ContainerFile) => T): T {
  const file = new ContainerFile(op, path)
  try {
    return body(file)
  } finally {
    file.closeNow()
  }
}
