import { type ContainerFile, readFile } from '../containerFile.ts'
import { entries } from './indexLines.ts'

/** Where each record of a .rec begins, by its key. */
export interface RecordIndex {
  /** The keys, in the order of the index. */
  readonly keys: Float64Array
  /** Throws when there is no such record. */
  offsetOf(key: number): number
}

/** A record has at least its prefix and its header. */
const RECORD = 32
/** Keys up to it are taken whatever the number of records. */
const FEW_KEYS = 2 ** 20

/**
 * The index beside a .rec: a line for each record, `key`, a tab, `offset`, in any order (merged sets have record 0 last).
 * Source: MXNet, python/mxnet/recordio.py, `MXIndexedRecordIO`.
 * Throws on lines of another form, on a key that comes twice, and on an offset outside the .rec. Takes 16 bytes a key.
 */
export function readRecordIndex(op: string, path: string, rec: ContainerFile): RecordIndex {
  return readFile(op, path, file => {
    const most = Math.max(FEW_KEYS, Math.floor(rec.size / RECORD))
    const keys = new Numbers(0)
    const offsets = new Numbers(-1)
    for (const { key, offset, at } of entries(file)) {
      if (key >= most)
        throw file.error(at, `a key below ${most}, for ${rec.size} bytes of records,`, `${key}`)
      if (offset % 4 !== 0 || offset > rec.size - RECORD) {
        throw file.error(at, `an offset that is a multiple of 4 up to ${rec.size - RECORD}`, `${offset}`)
      }
      if (offsets.at(key) >= 0) throw file.error(at, 'keys that differ', `${key} twice`)
      offsets.set(key, offset)
      keys.set(keys.length, key)
    }
    if (keys.length === 0) throw file.error(0, 'at least one line "key<tab>offset"', 'none')
    const offsetOf = (key: number): number => {
      const offset = offsets.at(key)
      if (offset < 0) throw file.error(0, `a line of key ${key}`, 'none')
      return offset
    }
    return { keys: keys.values(), offsetOf }
  })
}

/** Numbers whose count is not known before, and `none` where there is none. */
class Numbers {
  readonly #none: number
  #values: Float64Array
  length = 0

  constructor(none: number) {
    this.#none = none
    this.#values = new Float64Array(1024).fill(none)
  }

  at(i: number): number {
    return i < this.length ? this.#values[i] : this.#none
  }

  set(i: number, value: number): void {
    if (i >= this.#values.length) {
      const more = new Float64Array(Math.max(i + 1, 2 * this.#values.length)).fill(this.#none)
      more.set(this.#values)
      this.#values = more
    }
    this.#values[i] = value
    this.length = Math.max(this.length, i + 1)
  }

  values(): Float64Array {
    return this.#values.subarray(0, this.length)
  }
}
