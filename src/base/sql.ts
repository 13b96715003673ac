/** SQL written as SQL: the tag binds every `${value}`; fragments nest. The one door to the package behind it. */
export { default as sql, join, raw, empty, Sql } from 'sql-template-tag'
