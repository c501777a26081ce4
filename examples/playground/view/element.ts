/** The element of that id. Throws when the page has none, or one of another kind. */
export function element(id: string): HTMLElement
export function element<E extends HTMLElement>(id: string, kind: new () => E): E
export function element(id: string, kind: new () => HTMLElement = HTMLElement): HTMLElement {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`page: ${kind.name} #${id} expected, got ${found}`)
}
