/** A name for one act, so that sent again it is the same act. */

/** `randomUUID` is there on secure origins only; a shop's tablet may come by plain http. */
export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(36)).join('')
