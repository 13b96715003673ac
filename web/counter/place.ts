/** Where the clerk is: the address below /counter. */
import { placesBelow } from '../kit/place.ts'

export const { usePlace, go } = placesBelow('/counter')
