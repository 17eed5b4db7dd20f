/** A name that printers are sold under, and how to know it. */
export interface Make {
  name: string
  /** How devices spell it, in any case. Two makes never share a word. */
  words: string[]
  /** sysObjectIDs of its printers begin so (and nothing else it sells, as far as known). */
  printers?: string[]
  /** The make whose private MIB it answers, when another company builds it. */
  builtBy?: string
}

const E = '1.3.6.1.4.1'

export const MAKES: readonly Make[] = [
  { name: 'Brother', words: ['Brother'], printers: [`${E}.2435.2.3.9`] },
  { name: 'Canon', words: ['Canon'], printers: [`${E}.1602.4`] },
  { name: 'Copystar', words: ['Copystar'], builtBy: 'Kyocera' },
  // Dell's other products, such as switches, are elsewhere below 674.
  { name: 'Dell', words: ['Dell'], printers: [`${E}.674.10898`] },
  { name: 'Develop', words: ['Develop'], builtBy: 'Konica Minolta' },
  // Projectors are 1248.4, scanners too are 1248.1.1.2.1.3 but say so in sysDescr.
  { name: 'Epson', words: ['EPSON'], printers: [`${E}.1248.1.1.2.1.3`] },
  { name: 'Fuji Xerox', words: ['FUJI XEROX'], printers: [`${E}.297.1.11.93`] },
  { name: 'Fujifilm', words: ['FUJIFILM'], builtBy: 'Fuji Xerox' },
  { name: 'Genicom', words: ['GENICOM'] },
  { name: 'Gestetner', words: ['Gestetner'], builtBy: 'Ricoh' },
  { name: 'HP', words: ['HP', 'Hewlett-Packard', 'Hewlett Packard'], printers: [`${E}.11.2.3.9`] },
  { name: 'Infotec', words: ['infotec'], builtBy: 'Ricoh' },
  { name: 'Konica Minolta', words: ['KONICA MINOLTA'], printers: [`${E}.18334.1.1.1.2`] },
  { name: 'Kyocera', words: ['KYOCERA', 'KYOCERA MITA'], printers: [`${E}.1347.41`] },
  { name: 'Lanier', words: ['LANIER'], builtBy: 'Ricoh' },
  { name: 'Lexmark', words: ['Lexmark'], printers: [`${E}.641.1`, `${E}.641.2`] },
  { name: 'Nashuatec', words: ['Nashuatec'], builtBy: 'Ricoh' },
  { name: 'NRG', words: ['NRG'], builtBy: 'Ricoh' },
  { name: 'OKI', words: ['OKI', 'OKI DATA CORP', 'OKIDATA'], printers: [`${E}.2001.1`] },
  { name: 'Olivetti', words: ['Olivetti'] },
  { name: 'Panasonic', words: ['Panasonic'], printers: [`${E}.258.406`] },
  { name: 'Pantum', words: ['Pantum'], printers: [`${E}.40093`] },
  { name: 'Ricoh', words: ['RICOH'], printers: [`${E}.367.1.1`] },
  { name: 'Samsung', words: ['Samsung'], printers: [`${E}.236.11.5`] },
  { name: 'Savin', words: ['SAVIN'], builtBy: 'Ricoh' },
  { name: 'Sharp', words: ['SHARP'], printers: [`${E}.2385.3.1`] },
  {
    name: 'Toshiba',
    words: ['TOSHIBA', 'TOSHIBA TEC'],
    printers: [`${E}.1129.1.2`, `${E}.1129.2.3`],
  },
  { name: 'Triumph-Adler', words: ['Triumph-Adler', 'TA Triumph-Adler'], builtBy: 'Kyocera' },
  { name: 'UTAX', words: ['UTAX', 'TA_UTAX', 'UTAX_TA'], builtBy: 'Kyocera' },
  { name: 'Xerox', words: ['Xerox'], printers: [`${E}.253.8.62.1`] },
  // 683 is the print server inside old Zebra printers; it is sold in other boxes too, so it tells no make by itself.
  { name: 'Zebra', words: ['Zebra', 'Zebra Technologies', 'ZTC'], printers: [`${E}.10642`] },
]
