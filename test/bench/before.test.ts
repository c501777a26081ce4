import { expect, test } from 'vitest'
import { buildBefore } from './peers/before.ts'

test('a commit that the clone does not have is a reason, and says what brings it', () => {
  const commit = '0'.repeat(40)
  const reason = `commit ${commit} is not in this clone: git fetch --unshallow brings it`
  expect(buildBefore(commit)).toBe(reason)
  // Nothing half-made is left that would be taken for a build.
  expect(buildBefore(commit)).toBe(reason)
})
