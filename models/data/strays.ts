/** What Windows and network drives leave in folders, beside the names that begin with a dot. */
const STRAYS = ['thumbs.db', 'ehthumbs.db', 'desktop.ini', '__macosx', '@eadir', '$recycle.bin']

/**
 * Is it a name that systems leave in folders, and no one's file? Hidden names, `.DS_Store` and a Mac's `._0001.jpg` among
 * them, `__MACOSX`, `Thumbs.db`, `desktop.ini`.
 */
export const isStray = (name: string): boolean => name.startsWith('.') || STRAYS.includes(name.toLowerCase())

/** A name as it was meant, of a list that a byte order mark begins (white space, to `trim`) or whose lines end in CR LF. */
export const plainName = (name: string): string => name.trim()
