// A login that is not ours in front of the same FHIR routes: npm oidc-provider as the OpenID
// provider, and a pass-through to a FHIR server that takes only tokens of this provider.
//
// Arguments: the FHIR server's base, a token for it, and the patient's id. Prints JSON, a line each:
// first the base to use, then each grant, and whether it brought another refresh token. Told
// `expire` on its standard input it ends every access token that was used, and says how many.
// Serves until its standard input closes.

import http from 'node:http';
import readline from 'node:readline';
import { Readable } from 'node:stream';
import Provider from 'oidc-provider';

const [upstream, upstreamToken, patient] = process.argv.slice(2);

const listen = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

const loginServer = http.createServer();
const issuer = `http://127.0.0.1:${await listen(loginServer)}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'hale',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    },
  ],
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  // Claims go into the id token, as SMART servers do it.
  conformIdTokenClaims: false,
  claims: { openid: ['sub', 'name', 'birthdate', 'identity_proofing_level'] },
  findAccount: async (_, id) => ({
    accountId: id,
    claims: async () => ({
      sub: id,
      name: 'Somebody Else',
      birthdate: '1950-01-01',
      identity_proofing_level: 'P9',
    }),
  }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ['only for tests'] },
});

const say = (line) => console.log(JSON.stringify(line));

provider.on('grant.success', (context) => {
  const { grant_type: granted, refresh_token: before } = context.oidc.params;
  const after = context.body.refresh_token;
  say({ granted, rotated: Boolean(before && after && before !== after) });
});

// The token's answer names the patient, which is what SMART adds to OpenID Connect.
provider.use(async (context, next) => {
  await next();
  if (context.oidc?.route === 'token' && context.status === 200) {
    context.body.patient = patient;
  }
});

// Whoever comes is signed in and consents: the person in front of the page is not what is tested.
const answer = provider.callback();
loginServer.on('request', async (request, response) => {
  if (!request.url.startsWith('/interaction/')) {
    answer(request, response);
    return;
  }
  try {
    const { prompt, params } = await provider.interactionDetails(request, response);
    const result = {};
    if (prompt.name === 'login') {
      result.login = { accountId: 'somebody' };
    } else {
      const grant = new provider.Grant({ accountId: 'somebody', clientId: params.client_id });
      grant.addOIDCScope('openid offline_access');
      result.consent = { grantId: await grant.save() };
    }
    await provider.interactionFinished(request, response, result, {
      mergeWithLastSubmission: true,
    });
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});

const used = new Set();

const expire = async () => {
  let expired = 0;
  for (const bearer of used) {
    const token = await provider.AccessToken.find(bearer);
    if (token) {
      await token.destroy();
      expired += 1;
    }
  }
  used.clear();
  say({ expired });
};

const fhirServer = http.createServer(async (request, response) => {
  const json = (status, body) => {
    response.writeHead(status, { 'Content-Type': 'application/fhir+json' });
    response.end(JSON.stringify(body));
  };
  try {
    const path = request.url.replace(/^\/fhir\//, '');
    if (path === '.well-known/smart-configuration') {
      json(200, {
        issuer,
        jwks_uri: `${issuer}/jwks`,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        revocation_endpoint: `${issuer}/token/revocation`,
        code_challenge_methods_supported: ['S256'],
        grant_types_supported: ['authorization_code'],
        capabilities: [
          'launch-standalone',
          'client-public',
          'context-standalone-patient',
          'permission-patient',
          'permission-offline',
          'permission-v2',
          'sso-openid-connect',
        ],
      });
      return;
    }
    const headers = {};
    for (const name of ['accept', 'content-type', 'prefer', 'if-match', 'if-none-exist', 'x-request-id']) {
      if (request.headers[name]) headers[name] = request.headers[name];
    }
    if (path !== 'metadata') {
      const bearer = request.headers.authorization?.replace(/^Bearer /, '');
      if (!bearer || !(await provider.AccessToken.find(bearer))) {
        json(401, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'login' }] });
        return;
      }
      used.add(bearer);
      headers.authorization = `Bearer ${upstreamToken}`;
    }
    const hasBody = !['GET', 'HEAD'].includes(request.method);
    const passed = await fetch(`${upstream}/${path}`, {
      method: request.method,
      headers,
      body: hasBody ? Readable.toWeb(request) : undefined,
      duplex: hasBody ? 'half' : undefined,
    });
    // Links to further pages must lead here again.
    const text = (await passed.text()).replaceAll(upstream, base);
    const back = {};
    for (const name of ['content-type', 'etag', 'date', 'location', 'retry-after']) {
      if (passed.headers.has(name)) back[name] = passed.headers.get(name).replaceAll(upstream, base);
    }
    response.writeHead(passed.status, back);
    response.end(text);
  } catch (error) {
    json(500, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception', diagnostics: String(error) }] });
  }
});
const base = `http://127.0.0.1:${await listen(fhirServer)}/fhir`;

say({ base });
readline
  .createInterface({ input: process.stdin })
  .on('line', (line) => line === 'expire' && expire())
  .on('close', () => process.exit(0));
