/** Image files in Node: folders of them, one a class, read into tensors. Other parts of the library open no files. */
export { decodeImage, type Image } from './decode.ts'
export {
  type ImageFolder,
  type ImageFolderOptions,
  type ImageList,
  imageFolder,
} from './imageFolder.ts'
export { type ImageOptions, readImages } from './readImages.ts'
export { resize } from './resize.ts'
