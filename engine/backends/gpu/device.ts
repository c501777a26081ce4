import { Cell, type Place, type Range } from './cell.ts'
import { type Answer, type Driver, type Handle, type Traits, whenThere } from './drivers/driver.ts'
import { COUNT, MOST, type Program, TURNS } from './program.ts'
import { Queue } from './queue.ts'

/** What a kernel takes: memory on the device, or a number. */
export type Argument = Cell | number

/**
 * Runs programs on cells, in the order they are asked for. Where the device answers later, so does a cell: it is handed
 * out at once and filled when the queue gets there, and an error waits in the cells that it befell until they are read.
 * When the device was lost, its cells are errors and the next call starts anew. gpu.js knows no arrays without elements:
 * nothing runs for a result without, and no program may be given one.
 */
export class Device {
  readonly traits: Traits
  /** How often values were read back. */
  readbacks = 0
  readonly #start: () => Answer<Driver>
  readonly #queue = new Queue()
  readonly #orphans = new FinalizationRegistry<Place>(place => this.#queue.push(() => this.#reclaim(place)))
  #driver: Driver
  #turns: number | undefined

  /** `start` gives another driver, for when this one's device is lost. */
  constructor(driver: Driver, traits: Traits, start: () => Answer<Driver>) {
    this.#driver = driver
    this.traits = traits
    this.#start = start
  }

  get driver(): Driver {
    return this.#driver
  }

  /** The values that so many threads return. */
  run(program: Program, length: number, args: readonly Argument[], range?: Range): Cell {
    const cell = new Cell(checked(length), range)
    if (length > 0) this.#fill([cell], args, (driver, given) => driver.run(program, length, given))
    return cell
  }

  /** The same for a program that returns four values a thread, and as many by each of its `results`. */
  runFours(program: Program, threads: number, args: readonly Argument[]): readonly Cell[] {
    const count = 1 + (program.results?.length ?? 0)
    const cells = Array.from({ length: count }, () => new Cell(checked(threads * 4)))
    if (threads > 0) this.#fill(cells, args, (driver, given) => driver.run(program, threads, given))
    return cells
  }

  /** Throws where the device would end the loops of a thread before so many turns. */
  grant(op: string, turns: number): void {
    if (turns <= TURNS) return
    this.#turns ??= this.traits.endsLoops ? this.#count(2 ** 17) : Infinity
    if (turns <= this.#turns) return
    throw new Error(
      `${op}: at most ${this.#turns} turns of loops expected, since the device ends them then, got ${turns}; ` +
        'other modes and backends do not',
    )
  }

  upload(values: ArrayLike<number>, range?: Range): Cell {
    const cell = new Cell(checked(values.length), range)
    const copy = new Float32Array(values)
    if (copy.length > 0) {
      this.#fill([cell], [], driver => whenThere(driver.upload(copy), handle => [handle]))
    }
    return cell
  }

  /**
   * The same memory, not to be freed, after `test` has seen its values: what it throws is thrown at once where the device
   * answers at once, and else befalls what is computed from the result.
   */
  tested(cell: Cell, test: (values: Float32Array) => void): Cell {
    const seen = new Cell(cell.length, cell.range)
    this.#fill([seen], [cell], (driver, [handle]) => {
      return whenThere(this.#look(driver, handle as Handle), values => {
        test(values)
        return [handle as Handle]
      })
    })
    return seen
  }

  read(cell: Cell): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      this.#queue.push(() => {
        try {
          resolve(this.#read(cell))
        } catch (error) {
          reject(error)
        }
      })
    })
  }

  readSync(cell: Cell): Float32Array {
    if (!this.traits.synchronous) {
      throw new Error('gpu: webgpu answers later: await t.data() instead of reading at once')
    }
    return this.#read(cell) as Float32Array
  }

  free(cell: Cell): void {
    if (cell.released) throw new Error('gpu: this array was released before')
    cell.released = true
    if (cell.adopted) this.#orphans.unregister(cell)
    this.#queue.push(() => this.#reclaim(cell.place))
  }

  /** Nobody will free it: the garbage collector tells when nobody can use it any more. */
  leaveToCollector(cell: Cell): void {
    if (cell.adopted) return
    cell.adopted = true
    this.#orphans.register(cell, cell.place, cell)
  }

  /** How many of n turns a thread takes; Infinity for all of them. */
  #count(n: number): number {
    const cell = this.run(COUNT, 1, [n])
    const [count] = this.readSync(cell)
    this.free(cell)
    return count < n ? count : Infinity
  }

  #reclaim(place: Place): void {
    if (place.handle !== undefined && place.driver === this.#driver) this.#driver.free(place.handle)
    place.handle = undefined
  }

  #read(cell: Cell): Answer<Float32Array> {
    if (cell.length === 0) return new Float32Array(0)
    return this.#look(this.#driver, this.#handle(cell, this.#driver))
  }

  #look(driver: Driver, handle: Handle): Answer<Float32Array> {
    this.readbacks++
    const answer = whenThere(driver.read(handle), values => {
      if (driver.lost !== undefined) throw lost(driver)
      return values
    })
    if (!(answer instanceof Promise)) return answer
    return answer.catch(error => {
      throw driver.lost === undefined ? error : lost(driver)
    })
  }

  #fill(
    cells: readonly Cell[],
    args: readonly Argument[],
    work: (driver: Driver, args: readonly (Handle | number)[]) => Answer<readonly Handle[]>,
  ): void {
    for (const a of args) {
      if (typeof a !== 'number' && a.released) throw new Error('gpu: this array was released')
    }
    const fail = (error: unknown): void => {
      for (const cell of cells) cell.error = error as Error
    }
    this.#queue.push(() => {
      try {
        const done = whenThere(this.#working(), driver =>
          whenThere(
            work(
              driver,
              args.map(a => (typeof a === 'number' ? a : this.#handle(a, driver))),
            ),
            handles => {
              if (driver.lost !== undefined) throw lost(driver)
              cells.forEach((cell, i) => {
                cell.place.handle = handles[i]
                cell.place.driver = driver
              })
            },
          ),
        )
        if (done instanceof Promise) return done.catch(fail)
      } catch (error) {
        fail(error)
      }
    })
    if (this.traits.synchronous && cells[0].error !== undefined) throw cells[0].error
  }

  /** A driver whose device is there. */
  #working(): Answer<Driver> {
    if (this.#driver.lost === undefined) return this.#driver
    return whenThere(this.#start(), driver => {
      this.#driver = driver
      return driver
    })
  }

  #handle(cell: Cell, driver: Driver): Handle {
    if (cell.error !== undefined) throw cell.error
    const { handle, driver: own } = cell.place
    if (handle === undefined || own === undefined) throw new Error('gpu: this array was released')
    if (own !== driver) throw lost(own)
    return handle
  }
}

const lost = (driver: Driver): Error =>
  new Error(`gpu: ${driver.lost}: tensors made before are gone; those made from now on are not concerned`)

function checked(length: number): number {
  if (length <= MOST) return length
  throw new Error(`gpu: at most ${MOST} elements expected, since indices are float32 numbers, got ${length}`)
}
