/** The encoder alone: the package's front door brings canvas and SVG writers with it. */
declare module 'qrcode/lib/core/qrcode.js' {
  export { create } from 'qrcode'
}
