/** The rules of docs/architecture.md as functions over the tree: path → text. Each failure names its rule. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { floors, rooms } from '../src/floors.ts'
import { withoutSentence } from './sentences.ts'

export type Tree = Map<string, string>
export interface Broken {
  file: string
  detail: string
}
export interface Rule {
  name: string
  find(tree: Tree): Broken[]
}

const folders = ['src', 'web', 'sdk', 'test', 'bench', 'bin', 'migrations']

/** Every source file of the checkout, by its path from the root. */
export function readTree(root: string): Tree {
  const tree: Tree = new Map()
  const walk = (folder: string) => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const file = path.posix.join(folder, entry.name)
      if (entry.isDirectory() && entry.name !== 'node_modules') walk(file)
      else if (/\.(ts|tsx|js|sql)$/.test(entry.name)) tree.set(file, readFileSync(path.join(root, file), 'utf8'))
    }
  }
  for (const folder of folders) walk(folder)
  return tree
}

const isTest = (file: string) => /\.test\.tsx?$/.test(file)
const isCode = (file: string) => /\.(ts|tsx)$/.test(file) && !isTest(file)
const inSrc = (file: string) => file.startsWith('src/')

interface Import {
  from: string
  /** The imported file from the root, or the package's name. */
  to: string
  local: boolean
  typeOnly: boolean
}

function importsOf(file: string, text: string): Import[] {
  const pattern =
    /^\s*(?:import|export)\s+(type\s)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm
  return [...text.matchAll(pattern)].map((found) => {
    const name = (found[2] ?? found[3])!
    const local = name.startsWith('.')
    const to = local ? path.posix.normalize(path.posix.join(path.posix.dirname(file), name)) : name
    return { from: file, to, local, typeOnly: found[1] !== undefined }
  })
}

function over(
  tree: Tree,
  wanted: (file: string) => boolean,
  find: (file: string, text: string) => string[],
): Broken[] {
  return [...tree]
    .filter(([file]) => wanted(file))
    .flatMap(([file, text]) => find(file, text).map((detail) => ({ file, detail })))
}

function importRule(name: string, wanted: (file: string) => boolean, allowed: (one: Import) => boolean): Rule {
  return {
    name,
    find: (tree) =>
      over(tree, wanted, (file, text) =>
        importsOf(file, text)
          .filter((one) => !allowed(one))
          .map((one) => `imports ${one.to}`),
      ),
  }
}

/** `record/members` for a file of a module, null elsewhere. */
function roomOf(file: string): string | null {
  const found = /^src\/([^/]+)\/([^/]+)\//.exec(file)
  return found && found[1]! in floors ? `${found[1]}/${found[2]}` : null
}

function moduleMayImport(one: Import): boolean {
  if (!one.local || one.to.startsWith('src/base/')) return true
  const own = roomOf(one.from)!
  const other = roomOf(one.to)
  if (other === own) return true
  if (!other || rooms.indexOf(other) >= rooms.indexOf(own)) return false
  const name = other.split('/')[1]
  return one.to === `src/${other}/${name}.ts` || one.to === `src/${other}/types.ts`
}

const groundPackages = [
  'pg',
  'pg-copy-streams',
  'kysely',
  'fastify',
  'graphile-worker',
  'pino',
  'node-pg-migrate',
  'croner',
]

function strip(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}

const baseRule: Rule = {
  name: 'base knows no loyalty noun and imports only packages and base',
  find: (tree) =>
    over(
      tree,
      (file) => file.startsWith('src/base/') && isCode(file),
      (file, text) => [
        ...importsOf(file, text)
          .filter((one) => one.local && !one.to.startsWith('src/base/'))
          .map((one) => `imports ${one.to}`),
        ...[
          ...strip(text).matchAll(
            /\b(?:const|function|interface|type)\s+(\w*(?:[mM]ember|[pP]oints|[tT]ier|[cC]oupon|[cC]ampaign)\w*)/g,
          ),
        ].map((found) => `names ${found[1]}`),
      ],
    ),
}

/** Which module may write a table: the second word of the migration that creates it. */
function ownersOf(tree: Tree): Map<string, string> {
  const owners = new Map<string, string>()
  for (const [file, text] of tree) {
    const owner = /^migrations\/\d+-([a-z]+)/.exec(file)?.[1]
    if (!owner) continue
    for (const found of text.matchAll(/create (?:unlogged )?table (?:if not exists )?(\w+)/g))
      owners.set(found[1]!, owner)
  }
  return owners
}

const tableRule: Rule = {
  name: 'a table is written by the module that its migration names',
  find: (tree) => {
    const owners = ownersOf(tree)
    return over(
      tree,
      (file) => inSrc(file) && isCode(file),
      (file, text) => {
        const writer = file.startsWith('src/base/') ? 'base' : (roomOf(file)?.split('/')[1] ?? 'app')
        const writes = text.matchAll(
          /\b(?:insert into|update|delete from|merge into|truncate|copy)\s+(?:only\s+)?(\w+)/g,
        )
        return [...writes]
          .map((found) => found[1]!)
          .filter((table) => owners.has(table) && owners.get(table) !== writer)
          .map((table) => `writes ${table} of ${owners.get(table)}`)
      },
    )
  },
}

const functionLinesMax = 70
/** Lines of every function; a test's `describe` and a route table are lists, not functions. */
function longFunctions(file: string, text: string): string[] {
  const source = ts.createSourceFile(
    file,
    text,
    ts.ScriptTarget.Latest,
    true,
    file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  )
  const found: string[] = []
  const visit = (node: ts.Node) => {
    if (
      ts.isFunctionDeclaration(node) ||
      ts.isFunctionExpression(node) ||
      ts.isArrowFunction(node) ||
      ts.isMethodDeclaration(node)
    ) {
      const from = source.getLineAndCharacterOfPosition(node.getStart()).line
      const to = source.getLineAndCharacterOfPosition(node.getEnd()).line
      if (to - from + 1 > functionLinesMax) found.push(`line ${from + 1}: a function of ${to - from + 1} lines`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const required = ['types.ts', 'routes.ts']
const layers = /^(index|utils?|helpers?|common|lib|shared|manager|service|repository|controller|dto)s?\.tsx?$/

const anatomyRule: Rule = {
  name: 'a module has types, verbs, routes and a test, and no file of another kind of layer',
  find: (tree) => {
    const files = [...tree.keys()]
    const missing = rooms.flatMap((room) => {
      const name = room.split('/')[1]
      return [...required, `${name}.ts`, `${name}.test.ts`]
        .map((file) => `src/${room}/${file}`)
        .filter((file) => !tree.has(file))
        .map((file) => ({ file, detail: 'is missing' }))
    })
    const drawers = files
      .filter((file) => layers.test(path.posix.basename(file)))
      .map((file) => ({ file, detail: 'is a drawer' }))
    return [...missing, ...drawers]
  },
}

const personal = /\b(phone|email|first_name|last_name|display_name|birth_date|address|body)\b/
function personalFacts(text: string): string[] {
  return [...text.matchAll(/facts\.write\([\s\S]*?\n?\s*\)/g)]
    .map((found) => found[0])
    .flatMap((call) => [...call.matchAll(/data:\s*\{([^}]*)\}/g)].map((data) => data[1]!))
    .filter((data) => personal.test(data))
    .map((data) => `a fact with ${personal.exec(data)![0]}`)
}

const clocks =
  /\bDate\.now\(\)|\bnew Date\(\)|\bcurrent_(date|timestamp)\b|(?<![.\w])(now|(clock|statement)_timestamp)\(\)(?!:)/

export const rules: Rule[] = [
  baseRule,
  importRule(
    'the database driver, HTTP server, job runner and logger are imported in base only',
    (file) => inSrc(file) && isCode(file) && !file.startsWith('src/base/') && !file.startsWith('src/app/'),
    (one) => one.typeOnly || !groundPackages.includes(one.to),
  ),
  importRule(
    'a module imports base, and of modules below it only their verbs and types',
    (file) => roomOf(file) !== null && isCode(file),
    moduleMayImport,
  ),
  {
    name: 'every module stands on a floor',
    find: (tree) =>
      over(
        tree,
        (file) => roomOf(file) !== null,
        (file) => (rooms.includes(roomOf(file)!) ? [] : ['is not in src/floors.ts']),
      ),
  },
  anatomyRule,
  importRule(
    'only routes.ts knows HTTP',
    (file) => roomOf(file) !== null && isCode(file) && !file.endsWith('/routes.ts'),
    (one) =>
      (one.to !== 'fastify' &&
        !one.to.startsWith('@fastify/') &&
        !['src/base/http.ts', 'src/base/routes.ts'].includes(one.to)) ||
      (one.to === 'src/base/routes.ts' && /\/(types|queries)\.ts$/.test(one.from)),
  ),
  importRule(
    'channels import base and the types of messages',
    (file) => file.startsWith('src/channels/') && isCode(file),
    (one) => !one.local || /^src\/(base|channels)\//.test(one.to) || one.to === 'src/reach/messages/types.ts',
  ),
  importRule(
    'the sdk imports types of the API only',
    (file) => file.startsWith('sdk/') && isCode(file),
    (one) => !one.local || one.to.startsWith('sdk/') || (one.to === 'src/app/api.ts' && one.typeOnly),
  ),
  importRule(
    'a web app imports the kit, the sdk and itself',
    (file) => /^web\/[^/]+\//.test(file) && isCode(file),
    (one) =>
      !one.local ||
      one.to.startsWith('web/kit/') ||
      one.to.startsWith('sdk/') ||
      one.to.startsWith(`${one.from.split('/').slice(0, 2).join('/')}/`),
  ),
  tableRule,
  {
    name: 'a file has at most 400 lines',
    find: (tree) =>
      over(
        tree,
        (file) => isCode(file) && !file.includes('/texts/'),
        (_file, text) => {
          const lines = text.split('\n').length - 1
          return lines > 400 ? [`has ${lines} lines`] : []
        },
      ),
  },
  {
    name: 'a function has at most 70 lines',
    find: (tree) => over(tree, (file) => isCode(file) && /^(src|web|sdk)\//.test(file), longFunctions),
  },
  {
    name: 'a line has at most 120 columns',
    find: (tree) =>
      over(
        tree,
        (file) => isCode(file) && !file.includes('/texts/'),
        (_file, text) =>
          text
            .split('\n')
            .flatMap((line, i) => (line.length > 120 ? [`line ${i + 1} has ${line.length} columns`] : [])),
      ),
  },
  {
    name: 'the clock is read in base/time only',
    find: (tree) =>
      over(
        tree,
        (file) => inSrc(file) && isCode(file) && file !== 'src/base/time.ts',
        (_file, text) =>
          strip(text)
            .split('\n')
            .flatMap((line) => (clocks.test(line) ? [line.trim()] : [])),
      ),
  },
  { name: 'every code of an error has a sentence in each language', find: withoutSentence },
  {
    name: 'facts carry no personal data',
    find: (tree) =>
      over(
        tree,
        (file) => inSrc(file) && isCode(file),
        (_file, text) => personalFacts(text),
      ),
  },
]
