import type { LabelSmoothingOptions } from './labelSmoothing.ts'
import type { Margin } from './margins/margin.ts'
import type { Prototypes } from './prototypes/prototypes.ts'
import { ClassSampler, type SampledClassesOptions, sampleSize } from './sampledClasses.ts'

interface Setting extends SampledClassesOptions, LabelSmoothingOptions {
  readonly classes: number
}

/** What draws the classes of a step, where not all are seen. */
export function samplerOf(
  name: string,
  margin: Margin,
  { subCenters = 1 }: Prototypes,
  { classes, sampledClasses, labelSmoothing }: Setting,
): ClassSampler | undefined {
  if (!sampledClasses || !sampleSize(name, classes, sampledClasses)) return undefined
  const alone = {
    labelSmoothing: Boolean(labelSmoothing),
    subCenters: subCenters > 1,
    'a margin that bends the other classes': margin.others !== undefined,
    'a scale that goes by all classes': margin.scale !== undefined,
    'a binary margin': margin.binary !== undefined,
  }
  for (const [what, there] of Object.entries(alone)) {
    if (there) throw new Error(`${name}: ${what} or sampledClasses expected, got both`)
  }
  return new ClassSampler(name, classes, sampledClasses)
}
