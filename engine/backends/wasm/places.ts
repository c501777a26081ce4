/** Where a block of memory lies, which changes when the memory is compacted. */
export interface Place {
  /** The block in memory names it. */
  readonly owner: number
  address: number
}

/** The places of all blocks that may move. Those that were left serve again: a new one for each array would be garbage. */
export class Places {
  readonly #all: Place[] = []
  readonly #spare: Place[] = []

  take(address: number): Place {
    const place = this.#spare.pop() ?? this.#add()
    place.address = address
    return place
  }

  give(place: Place): void {
    this.#spare.push(place)
  }

  readonly moved = (owner: number, address: number): void => {
    this.#all[owner - 1].address = address
  }

  #add(): Place {
    const place = { owner: this.#all.length + 1, address: 0 }
    this.#all.push(place)
    return place
  }
}
