/** An IEEE 1284 device id: keys in upper case, without the synonyms. */
export interface DeviceId {
  manufacturer?: string
  model?: string
  description?: string
  serial?: string
}

// IEEE 1284-2000 section 7.6 and what printers add. "SN" is not here: Epson writes it in hex.
const KEYS: Readonly<Record<string, keyof DeviceId>> = {
  MANUFACTURER: 'manufacturer',
  MFG: 'manufacturer',
  MODEL: 'model',
  MDL: 'model',
  DESCRIPTION: 'description',
  DES: 'description',
  SERN: 'serial',
  SER: 'serial',
}

/** Reads `KEY:value;KEY:value;`. Undefined when it names neither manufacturer nor model. */
export function parseDeviceId(text: string): DeviceId | undefined {
  const id: DeviceId = {}
  for (const field of text.split(';')) {
    const colon = field.indexOf(':')
    const key = KEYS[field.slice(0, Math.max(colon, 0)).trim().toUpperCase()]
    const value = field.slice(colon + 1).trim()
    if (key && value !== '') id[key] ??= value
  }
  return id.manufacturer || id.model ? id : undefined
}
