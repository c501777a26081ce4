/** How a thing was made: by which factory, of which options. What it takes to write it down in another program's terms. */
export interface Recipe {
  readonly name: string
  readonly options: object
}

const recipes = new WeakMap<object, Recipe>()

/** Notes how `made` was made, and gives it back. */
export function recorded<T extends object>(made: T, name: string, options: object): T {
  recipes.set(made, { name, options })
  return made
}

/** What was noted of it; undefined of what others made. */
export const recipeOf = (made: object): Recipe | undefined => recipes.get(made)
