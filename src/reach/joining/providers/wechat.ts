/**
 * WeChat is OAuth 2 without OpenID Connect: no discovery, no PKCE, no nonce, its own names for parameters, errors with
 * status 200. `unionid` is the person over all of a brand's apps; `openid` only in one (Weixin Open Platform, website
 * login).
 */
import type { Arrived, Provider } from '../types.ts'
import { answer_seconds_max, down, refused, wrong, type Adapter } from './adapter.ts'

const authorize = 'https://open.weixin.qq.com/connect/qrconnect'
const api = 'https://api.weixin.qq.com'

interface Answer {
  errcode?: number
  access_token?: string
  openid?: string
  unionid?: string
  nickname?: string
}

async function ask(url: URL): Promise<Answer> {
  let answer: Response
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(answer_seconds_max * 1000) })
  } catch {
    throw down()
  }
  if (answer.status >= 500) throw down()
  const said = (await answer.json().catch(() => null)) as Answer | null
  if (!said) throw wrong()
  if (said.errcode) throw refused()
  return said
}

const apiOf = ({ settings }: Provider) => settings['api_url'] ?? api

export const wechat: Adapter = {
  needs: { settings: [], secrets: ['client_secret'] },
  begin({ client_id, settings }, { redirect_uri, state }) {
    const url = new URL(settings['authorize_url'] ?? authorize)
    const scope = settings['scopes'] || 'snsapi_login'
    url.search = new URLSearchParams({
      appid: client_id,
      redirect_uri,
      response_type: 'code',
      scope,
      state,
    }).toString()
    url.hash = 'wechat_redirect'
    return Promise.resolve(url.href)
  },
  async finish(provider, { current_url, state }): Promise<Arrived> {
    const code = current_url.searchParams.get('code')
    // the person said no: WeChat comes back without a code
    if (!code) throw refused()
    if (current_url.searchParams.get('state') !== state) throw wrong()
    const token = new URL('/sns/oauth2/access_token', apiOf(provider))
    token.search = new URLSearchParams({
      appid: provider.client_id,
      secret: provider.secrets['client_secret'] ?? '',
      code,
      grant_type: 'authorization_code',
    }).toString()
    const { access_token, openid } = await ask(token)
    if (!access_token || !openid) throw wrong()
    const info = new URL('/sns/userinfo', apiOf(provider))
    info.search = new URLSearchParams({ access_token, openid }).toString()
    const { unionid, nickname } = await ask(info)
    return { subject: unionid ?? openid, email: null, name: nickname?.trim().slice(0, 200) || null }
  },
}
