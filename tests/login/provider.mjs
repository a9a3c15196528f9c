// A login that is not ours in front of the same FHIR routes: an OpenID provider, and a pass-through
// to a FHIR server that takes only tokens of this provider.
//
// Arguments: the FHIR server's base, a token for it, and the patient's id. Prints JSON, a line each:
// first the base to use, then each grant, and whether it brought another refresh token. Told
// `expire` on its standard input it ends every access token that was used, and says how many.
// Serves until its standard input closes.

import http from 'node:http';
import readline from 'node:readline';
import { Readable } from 'node:stream';
import { listen, startLogin } from './login.mjs';

const [upstream, upstreamToken, patient] = process.argv.slice(2);

const say = (line) => console.log(JSON.stringify(line));

const login = await startLogin(patient, say);

const fhirServer = http.createServer(async (request, response) => {
  const json = (status, body) => {
    response.writeHead(status, { 'Content-Type': 'application/fhir+json' });
    response.end(JSON.stringify(body));
  };
  try {
    const path = request.url.replace(/^\/fhir\//, '');
    if (path === '.well-known/smart-configuration') {
      json(200, login.configuration);
      return;
    }
    const headers = {};
    for (const name of ['accept', 'content-type', 'prefer', 'if-match', 'if-none-exist', 'x-request-id']) {
      if (request.headers[name]) headers[name] = request.headers[name];
    }
    if (path !== 'metadata') {
      if (!(await login.admits(request))) {
        json(401, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'login' }] });
        return;
      }
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
  .on('line', async (line) => line === 'expire' && say({ expired: await login.expire() }))
  .on('close', () => process.exit(0));
