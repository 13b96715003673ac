/** The sentences of a why stand in the kit: the console and the portal say the same. */
export { whySentences, type Why, type WhyPart, type WhyWords } from '../kit/why-sentences.ts'
