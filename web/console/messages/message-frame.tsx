/** A message's HTML as its reader sees it: in a frame that runs no script and knows nothing of this page. */
import classes from './parts.module.css'

/** The page's policy, which the frame inherits, loads no picture from elsewhere: looking here counts no open. */
export function MessageFrame({ html, title, height }: { html: string; title: string; height?: number }) {
  return <iframe sandbox="" srcDoc={html} title={title} className={classes.frame} style={height ? { height } : {}} />
}
