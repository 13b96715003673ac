/** Figures for Prometheus at /metrics. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

const registry = new Registry()
collectDefaultMetrics({ register: registry })

const requests = new Histogram({
  name: 'regulars_http_request_seconds',
  help: 'Time from request to answer, by route and status',
  labelNames: ['route', 'status'],
  // a till must answer within 0.5 s and aims at 0.02 s: the buckets are dense around those two
  buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30],
  registers: [registry],
})

/** Notes one answered request. */
export function observeRequest(route: string, status: number, ms: number): void {
  requests.observe({ route, status: String(status) }, ms / 1000)
}

/** A counter of our own: made once at module load. */
export function counter(name: string, help: string, labelNames: string[] = []): Counter {
  return new Counter({ name: `regulars_${name}`, help, labelNames, registers: [registry] })
}

/** A gauge of our own. */
export function gauge(name: string, help: string, labelNames: string[] = []): Gauge {
  return new Gauge({ name: `regulars_${name}`, help, labelNames, registers: [registry] })
}

/** The text that Prometheus reads, and its content type. */
export async function metricsText(): Promise<{ text: string; type: string }> {
  return { text: await registry.metrics(), type: registry.contentType }
}
