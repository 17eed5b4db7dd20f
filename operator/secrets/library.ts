/** @peculiar/x509 with the polyfill that has to be loaded before it. */

import 'reflect-metadata'

export * from '@peculiar/x509'
