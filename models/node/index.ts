/** Files that the library writes and reads by itself, in Node. */

export { exportTorch, importTorch } from './exportTorch.ts'
export { folderCache } from './folderCache.ts'
export { readGallery, writeGallery } from './galleryFiles.ts'
