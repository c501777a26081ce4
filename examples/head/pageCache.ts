import type { VectorCache } from '../../models/index.ts'

/** Keeps vectors on the disk from a page: in files that belong to its origin (OPFS), each written whole. */
export async function pageCache(folder: string): Promise<VectorCache> {
  const root = await navigator.storage.getDirectory()
  const home = await root.getDirectoryHandle(folder, { create: true })
  const name = (key: string): string => `${encodeURIComponent(key)}.safetensors`
  return {
    async read(key) {
      try {
        const file = await (await home.getFileHandle(name(key))).getFile()
        return new Uint8Array(await file.arrayBuffer())
      } catch (error) {
        if ((error as DOMException).name === 'NotFoundError') return undefined
        throw error
      }
    },
    async write(key, bytes) {
      const writable = await (await home.getFileHandle(name(key), { create: true })).createWritable()
      await writable.write(bytes.slice())
      await writable.close()
    },
  }
}
