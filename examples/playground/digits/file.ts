/** Where the digits lie, beside the page. */
export const DIGITS_FILE = 'digits.bin'
