import { expect, it } from 'vitest'
import { identitiesOf, serialKey } from './identity.ts'
import { vendorOf } from './vendor.ts'

const SITE = '0198c0de-0000-7000-8000-000000000001'

it.each([
  ['HP', 'hp'],
  ['Hewlett-Packard', 'hp'],
  ['Hewlett Packard Company', 'hp'],
  ['HP Inc.', 'hp'],
  ['hp', 'hp'],
  ['Brother Industries, Ltd.', 'brother'],
  ['Lexmark International', 'lexmark'],
  ['KONICA MINOLTA', 'konica minolta'],
  ['Konica Minolta, Inc.', 'konica minolta'],
  ['KYOCERA Document Solutions Inc.', 'kyocera'],
  ['SEIKO EPSON CORPORATION', 'epson'],
  ['FUJI XEROX CO., LTD.', 'fujifilm'],
  ['Xerox', 'xerox'],
  ['', ''],
])('the vendor of "%s" is "%s"', (make, vendor) => {
  expect(vendorOf(make)).toBe(vendor)
})

it.each([
  { serial: 'vnb3k12345', key: 'VNB3K12345', why: 'case says nothing' },
  { serial: ' 7C9 12 34 ', key: '7C91234', why: 'nor do spaces' },
  { serial: '000000E1234', key: 'E1234', why: 'some firmware pads with zeros' },
  { serial: 'XXXXXXXXXX', key: undefined, why: 'an NVRAM reset leaves nothing but X' },
  { serial: '0000000000', key: undefined, why: 'all zeros is no number' },
  { serial: '9999999999', key: undefined, why: 'nor is one digit repeated' },
  { serial: 'unknown', key: undefined, why: 'a word is no number' },
  { serial: 'N/A', key: undefined, why: 'a word is no number' },
  { serial: '1234567890', key: undefined, why: 'counting up is a placeholder' },
  { serial: 'A12', key: undefined, why: 'too short to be unique' },
  { serial: '', key: undefined, why: 'nothing is nothing' },
])('serial "$serial": $why', ({ serial, key }) => {
  expect(serialKey(serial)).toBe(key)
})

it.each([
  {
    why: 'serial and MAC are lasting, so the place says nothing more',
    asset: {
      make: 'HP',
      model: 'M404',
      serial: '00PHB12345',
      mac: '3c:2a:f4:01:02:03',
      hostName: 'x',
    },
    kinds: ['serial/hp/PHB12345', 'mac/3c:2a:f4:01:02:03'],
  },
  {
    why: 'a serial number is unique within its vendor only',
    asset: { serial: 'PHB12345', mac: '3c:2a:f4:01:02:03' },
    kinds: ['mac/3c:2a:f4:01:02:03'],
  },
  {
    why: 'a locally administered MAC counts within its site, until something better is known',
    asset: { make: 'HP', mac: '02:2a:f4:01:02:03' },
    kinds: [`local-mac/${SITE}/02:2a:f4:01:02:03`],
  },
  {
    why: 'a group address belongs to nobody; the place is left',
    asset: { make: 'Zebra', model: 'TLP 2824', mac: 'ff:ff:ff:ff:ff:ff', address: '10.0.0.9' },
    kinds: [`place/${SITE}/zebra/tlp 2824//10.0.0.9`],
  },
  {
    why: 'zeros are no address, and a model alone is no place',
    asset: { make: 'Zebra', model: 'TLP 2824', mac: '00:00:00:00:00:00' },
    kinds: [],
  },
])('$why', ({ asset, kinds }) => {
  expect(identitiesOf(asset, SITE).map(({ kind, value }) => `${kind}/${value}`)).toEqual(kinds)
})
