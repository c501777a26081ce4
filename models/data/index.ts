/** The lists and file names of the field's test sets, read from text: no files are opened here. */
export {
  type IndexedPairs,
  indexLfwPairs,
  type LfwImage,
  type LfwPair,
  lfwPath,
  parseLfwPairs,
} from './lfwPairs.ts'
export {
  dukeMtmcReid,
  market1501,
  parseReidName,
  type ReidFormat,
  type ReidImages,
  type ReidName,
  reidImages,
} from './reidNames.ts'
