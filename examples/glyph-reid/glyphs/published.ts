/** The hash of the set that the README describes: the fonts of the lock file, drawn and cleaned by this code. */
export const PUBLISHED = '0eb180abe008f4e4fda15af0d55b6778c3c1daab32e3991817cb303ecf665c3c'
