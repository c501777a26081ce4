/** Headers of a page that is cross-origin isolated: its workers may share memory, and its clock is exact. */
export const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}
