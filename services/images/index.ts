export { type BuildOptions, type Built, buildImages } from './build.ts'
export { type Builder, findBuilder } from './builder.ts'
export { exportImages } from './export.ts'
export { BASES, type Base, IMAGES, type Image, type ImageName, referenceOf } from './images.ts'
