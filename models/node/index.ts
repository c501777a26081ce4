/** Files that the library writes and reads by itself, in Node. */
export { readGallery, writeGallery } from './galleryFiles.ts'
