import { checkInteger } from '../../engine/check.ts'
import type { EncodedImages } from '../data/imageSource.ts'
import { ContainerFile } from './containers/containerFile.ts'
import { checkFiles } from './imageList.ts'

/** Image files as what containers are: each is opened when it is read.  files[N] */
export function imageFiles(files: readonly string[]): EncodedImages {
  checkFiles('imageFiles', files)
  let closed = false
  const at = (i: number): string => {
    checkInteger('imageFiles', 'i', i, 0, files.length - 1)
    return files[i]
  }
  return {
    length: files.length,
    name: at,
    async read(i) {
      const path = at(i)
      if (closed) throw new Error(`imageFiles: ${path}: open files expected, got closed ones`)
      const file = new ContainerFile('imageFiles', path)
      try {
        return await file.read(0, file.size)
      } finally {
        await file.close()
      }
    },
    async close() {
      closed = true
    },
  }
}
