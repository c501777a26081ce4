/** Nets and embeddings to and from other programs' files, as bytes. */
export { loadFeatureMatrix } from './featureMatrix.ts'
export { loadNpy, type NpyOptions, saveNpy } from './npy.ts'
export { type ExportOptions, exportOnnx } from './onnx/exportOnnx.ts'
export { publishedNames } from './pytorch/publishedNames.ts'
export type { StateDictOptions } from './pytorch/stateDict.ts'
export {
  type LoadOptions,
  loadSafetensors,
  type SaveOptions,
  saveSafetensors,
} from './safetensors/weights.ts'
