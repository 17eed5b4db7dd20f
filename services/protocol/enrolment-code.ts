/**
 * The symbols of a one-time code as somebody may have typed it: case, dashes and blanks don't count, nor what is misread
 * (Crockford's base 32 has neither I, L nor O). What stands for the code anywhere is the hash of these.
 */
export function symbolsOf(code: string): string {
  return code.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
}
