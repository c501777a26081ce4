/** Disjoint sets of code points; each is named by its smallest. */
export class Groups {
  readonly #parent = new Map<number, number>()

  nameOf(codePoint: number): number {
    let name = codePoint
    for (let up = this.#parent.get(name); up !== undefined; up = this.#parent.get(name)) name = up
    return name
  }

  merge(a: number, b: number): void {
    const [x, y] = [this.nameOf(a), this.nameOf(b)]
    if (x !== y) this.#parent.set(Math.max(x, y), Math.min(x, y))
  }
}
