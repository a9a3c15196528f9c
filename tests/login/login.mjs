// A login that is not ours: npm oidc-provider as the OpenID provider of a SMART server, for one
// patient. Whoever comes is signed in and consents.

import http from 'node:http';
import Provider from 'oidc-provider';

/** Serves on a free port of this machine alone, and gives the port. */
export const listen = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

/** Starts the provider for a patient's id. Each grant is told to `onGrant`. */
export const startLogin = async (patient, onGrant) => {
  const server = http.createServer();
  const issuer = `http://127.0.0.1:${await listen(server)}`;

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

  provider.on('grant.success', (context) => {
    const { grant_type: granted, refresh_token: before } = context.oidc.params;
    const after = context.body.refresh_token;
    onGrant({ granted, rotated: Boolean(before && after && before !== after) });
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
  server.on('request', async (request, response) => {
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
  return {
    /** What `.well-known/smart-configuration` says. */
    configuration: {
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
    },
    /** Whether the request carries a token of this provider. */
    admits: async (request) => {
      const bearer = request.headers.authorization?.replace(/^Bearer /, '');
      if (!bearer || !(await provider.AccessToken.find(bearer))) return false;
      used.add(bearer);
      return true;
    },
    /** Ends every access token that was used, and gives how many. */
    expire: async () => {
      let expired = 0;
      for (const bearer of used) {
        const token = await provider.AccessToken.find(bearer);
        if (token) {
          await token.destroy();
          expired += 1;
        }
      }
      used.clear();
      return expired;
    },
  };
};
