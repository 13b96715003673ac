/** Every code that the program may refuse with has a sentence on the screen, in each language. */
import ts from 'typescript'

/** As `Tree` of tidy.ts: path → text. */
type Sources = ReadonlyMap<string, string>
interface Missing {
  file: string
  detail: string
}

export const languages = ['en', 'zh-TW', 'zh-CN'] as const

/** What only a command line meets; it says these itself, before there is a screen. */
const spokenByCommands = /^src\/(app\/(commands|demo)\/|app\/open\.ts|base\/(config|postgres[\w-]*|migrate)\.ts)/
/** `noun.reason`. */
const codeForm = /^[a-z][a-z_]*\.[a-z][a-zA-Z_]*$/
/** Calls that carry a code among their arguments: errors, refusals of one of many, faults at a place. */
const carriers = new Set(['AppError', 'ChannelTrouble', 'refusal', 'refuse', 'fault', 'add'])

/** Where a sentence may stand, most general first. */
const shelves: [noun: string, keyOf: (code: string) => string][] = [
  ['errors', (code) => code],
  // what is said of a row of a file
  ['imports', (code) => `codes.${code}`],
  // what a mailing or a campaign waits for
  ['messages', (code) => code.replace(/^message\./, 'waits.')],
  ['campaigns', (code) => code.replace(/^campaign\./, 'waits.')],
]

function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
}

/** The codes that a file of the program throws, refuses or waits with. */
export function codesIn(file: string, text: string): Set<string> {
  const found = new Set<string>()
  const take = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && codeForm.test(node.text)) found.add(node.text)
    // `broken ? 'a.b' : 'a.c'` and `known ?? 'a.b'` are codes; what stands in an object or a call is not
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(take)
    else if (ts.isBinaryExpression(node)) [node.left, node.right].forEach(take)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
      const called = node.expression
      const name = ts.isPropertyAccessExpression(called) ? called.name.text : called.getText()
      if (carriers.has(name)) node.arguments?.forEach(take)
    } else if (ts.isPropertyAssignment(node) && node.name.getText() === 'code') {
      take(node.initializer)
    }
    ts.forEachChild(node, visit)
  }
  visit(parse(file, text))
  return found
}

/** `noun.key` of every text in the object that a file exports. */
function keysIn(file: string, text: string): Set<string> {
  const keys = new Set<string>()
  const walk = (object: ts.ObjectLiteralExpression, before: string): void => {
    for (const property of object.properties) {
      if (!ts.isPropertyAssignment(property)) continue
      const key = before + (property.name as ts.Identifier | ts.StringLiteral).text
      if (ts.isObjectLiteralExpression(property.initializer)) walk(property.initializer, `${key}.`)
      else keys.add(key)
    }
  }
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) walk(node, '')
    else ts.forEachChild(node, visit)
  }
  visit(parse(file, text))
  return keys
}

/** Codes without a sentence in some language, by the file that throws them. */
export function withoutSentence(tree: Sources): Missing[] {
  const said = languages.map((language) => {
    const keys = new Map(
      shelves.map(([noun]) => {
        const file = `web/kit/texts/${language}/${noun}.ts`
        return [noun, keysIn(file, tree.get(file) ?? '')]
      }),
    )
    const says = (code: string) => shelves.some(([noun, keyOf]) => keys.get(noun)!.has(keyOf(code)))
    return { language, says }
  })
  return [...tree].flatMap(([file, text]) => {
    if (!file.startsWith('src/') || /\.(test|fixture)\.ts$|\.(js|sql)$/.test(file) || spokenByCommands.test(file)) {
      return []
    }
    return [...codesIn(file, text)].flatMap((code) => {
      const missing = said.filter(({ says }) => !says(code)).map(({ language }) => language)
      return missing.length > 0 ? [{ file, detail: `${code} has no sentence in ${missing.join(', ')}` }] : []
    })
  })
}
