/** Image files and containers of images in Node, read into tensors. Other parts of the library open no files. */
export { ContainerError } from './containers/containerFile.ts'
export { type VerificationBinOptions, verificationBin } from './containers/pickle/verificationBin.ts'
export { type RecordIoOptions, recordIo } from './containers/recordio/recordIo.ts'
export { type TarShardsOptions, tarShards } from './containers/tar/tarShards.ts'
export { type DecodeOptions, decodeImage } from './decode.ts'
export { type Embedding, type EmbedImagesOptions, embedImages } from './embedImages.ts'
export { type FeatureFilesOptions, featureFiles } from './featureFiles.ts'
export type { Image } from './image.ts'
export { imageFiles } from './imageFiles.ts'
export {
  type ImageFolder,
  type ImageFolderOptions,
  imageFolder,
} from './imageFolder.ts'
export type { ImageList, LabelledFiles } from './imageList.ts'
export { lfwSet } from './lfwSet.ts'
export {
  type ImageListOptions,
  type ImageOptions,
  type ReadList,
  readImageList,
  readImages,
} from './readImages.ts'
export { resize } from './resize.ts'
export { type Decoder, type DecoderOption, imageDecoder } from './sharp/decoder.ts'
export { type ImageStream, imageStream } from './stream/imageStream.ts'
export type { ImageStreamOptions } from './stream/options.ts'
export { type LeftOut, type Unreadable, UnreadableError } from './unreadable.ts'
export { type VerifyOptions, verify } from './verify.ts'
