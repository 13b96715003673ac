/** A message's HTML as its reader sees it, in a frame where looking leaves no trace. */
import classes from './parts.module.css'

/**
 * No script runs (sandbox), nothing is fetched, not even our own pixel (policy), and a link would open a window, which
 * the sandbox refuses: neither an open nor a click is counted by whoever looks at a message here.
 */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
const harmless =
  `<meta http-equiv="Content-Security-Policy" content="${policy}">` +
  '<base target="_blank"><style>a { pointer-events: none }</style>'

function withoutTraces(html: string): string {
  if (/<head\b/i.test(html)) return html.replace(/<head\b[^>]*>/i, (head) => head + harmless)
  if (/<html\b/i.test(html)) return html.replace(/<html\b[^>]*>/i, (root) => `${root}<head>${harmless}</head>`)
  return `<!doctype html><html><head>${harmless}</head><body>${html}</body></html>`
}

export function MessageFrame({ html, title, height }: { html: string; title: string; height?: number }) {
  return (
    <iframe
      sandbox=""
      srcDoc={withoutTraces(html)}
      title={title}
      className={classes.frame}
      style={height ? { height } : {}}
    />
  )
}
