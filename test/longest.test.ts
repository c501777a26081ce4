import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LONGEST } from './support/longest.ts'

test('the files that come first are there, each once', () => {
  expect(LONGEST.filter(path => !existsSync(join(import.meta.dirname, '..', path)))).toEqual([])
  expect(new Set(LONGEST).size).toBe(LONGEST.length)
})
