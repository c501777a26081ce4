import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { refusal } from '../../engine/check.ts'
import type { VectorCache } from '../data/embedWith.ts'
import { writeWhole } from './writeWhole.ts'

/** Keeps the vectors of `embedWith` in a folder, a file a batch, each written whole. Remove the folder to begin anew. */
export function folderCache(folder: string): VectorCache {
  if (typeof folder !== 'string') throw refusal('folderCache', 'a folder as a text', folder)
  const path = (key: string): string => join(folder, `${encodeURIComponent(key)}.safetensors`)
  return {
    read: async key => (existsSync(path(key)) ? readFileSync(path(key)) : undefined),
    write: async (key, bytes) => writeWhole(path(key), bytes),
  }
}
