import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { LONGEST } from './longest.ts'

/** Those with processes of their own come before all, as in vitest's order: a process of many files ends where they begin. */
const rank = ({ moduleId, project }: TestSpecification): number => {
  const at = LONGEST.findIndex(name => moduleId.endsWith(`/${name}`))
  return project.config.isolate ? -1 : at < 0 ? LONGEST.length : at
}

/** Starts with them: a long file that comes last leaves all cores but one idle. The others follow in vitest's order. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}
