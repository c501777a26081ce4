import { recipeOf } from '../../engine/recipe.ts'
import { isUnsupported, said } from './python.ts'

type Forms = Readonly<Record<string, unknown>>

/** The form of something that the library made, told its options. Throws where it has none, or others made it. */
export function formOf<F>(what: string, made: object, forms: Forms): F {
  const recipe = recipeOf(made)
  if (recipe === undefined || !Object.hasOwn(forms, recipe.name)) {
    const known = Object.keys(forms).filter(name => !isUnsupported(forms[name]))
    throw new Error(`exportTorch: ${what}: one of ${known.join(', ')} expected, got another`)
  }
  const form = said(`${what} ${recipe.name}`, forms[recipe.name] as (options: object) => F)
  return said(`${what} ${recipe.name}`, form(recipe.options))
}
