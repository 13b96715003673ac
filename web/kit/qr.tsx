/** A QR code as a picture that scales: dark on white in the dark too, for cameras read nothing else. */
import { useMemo } from 'react'
import { create } from 'qrcode/lib/core/qrcode.js'

/** White around it, in modules: ISO/IEC 18004 asks for four. */
const margin = 4

/** Error correction M: 15 % may be covered by a finger or a reflection. */
export function Qr({ text, label, className }: { text: string; label: string; className: string }) {
  const { path, size } = useMemo(() => qrPath(text), [text])
  return (
    <svg
      className={className}
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
    >
      <path d={path} fill="#000" />
    </svg>
  )
}

/** An SVG path of all dark modules, and the width of the whole with its margin. */
export function qrPath(text: string): { path: string; size: number } {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  let path = ''
  for (let y = 0; y < modules.size; y += 1)
    for (let x = 0; x < modules.size; x += 1) if (modules.get(y, x)) path += `M${x + margin} ${y + margin}h1v1h-1z`
  return { path, size: modules.size + 2 * margin }
}
