// The measurements' peer in Node.js: what somebody would write with @medplum/core and Signal's SQLCipher.
// Usage: node peer.mjs TASK FOLDER URL COUNT. Answers with one line of JSON.
import { join } from 'node:path';
import process from 'node:process';

const KEY = "x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'";
const BATCH = 1000;
const ROUNDS = 7;
const QUERY = { patient: 'bench', category: 'vital-signs', _count: '100' };
const WORDS = ['blood pressure', 'weight', 'okafor', 'oxygen', 'repeated high', 'nurse'];
const [task, folder, url, count] = process.argv.slice(2);

const { default: Database } = await import('@signalapp/sqlcipher');

function open() {
  const db = new Database(join(folder, 'peer.db'));
  db.pragma(`key = "${KEY}"`);
  db.pragma('temp_store = MEMORY');
  db.pragma('cache_size = -16384');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  return db;
}

function create(db) {
  db.exec(`
    CREATE TABLE IF NOT EXISTS resource (row INTEGER PRIMARY KEY, type TEXT NOT NULL, id TEXT NOT NULL,
      version TEXT, last_updated TEXT, sort_date TEXT, code TEXT, json TEXT NOT NULL, UNIQUE (type, id));
    CREATE INDEX IF NOT EXISTS by_updated ON resource (last_updated);
    CREATE INDEX IF NOT EXISTS by_date ON resource (type, sort_date);
    CREATE INDEX IF NOT EXISTS by_code ON resource (type, code);
    CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(text, content='', contentless_delete=1);`);
}

function words(resource) {
  return [
    resource.code?.text,
    ...(resource.performer ?? []).map((it) => it.display),
    ...(resource.note ?? []).map((it) => it.text),
  ].join(' ');
}

function writer(db) {
  const find = db.prepare('SELECT row, version FROM resource WHERE type = ? AND id = ?');
  const insert = db.prepare(
    'INSERT INTO resource (type, id, version, last_updated, sort_date, code, json) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const update = db.prepare(
    'UPDATE resource SET version = ?, last_updated = ?, sort_date = ?, code = ?, json = ? WHERE row = ?',
  );
  const forget = db.prepare('DELETE FROM search WHERE rowid = ?');
  const index = db.prepare('INSERT INTO search (rowid, text) VALUES (?, ?)');
  return db.transaction((batch) => {
    for (const it of batch) {
      const { versionId, lastUpdated } = it.meta;
      const known = find.get([it.resourceType, it.id]);
      if (known?.version === versionId) continue;
      const values = [versionId, lastUpdated, it.effectiveDateTime, it.code.text, JSON.stringify(it)];
      let row;
      if (known) {
        row = known.row;
        update.run([...values, row]);
        forget.run([row]);
      } else {
        row = insert.run([it.resourceType, it.id, ...values]).lastInsertRowid;
      }
      index.run([row, words(it)]);
    }
  });
}

async function client() {
  const { MedplumClient } = await import('@medplum/core');
  // Its cache would answer the second check from memory.
  return new MedplumClient({ baseUrl: url.replace(/fhir$/, ''), fhirUrlPath: 'fhir', cacheTime: 0, fetch });
}

async function read(medplum, write, query) {
  let batch = [];
  let seen = 0;
  for await (const page of medplum.searchResourcePages('Observation', query)) {
    batch.push(...page);
    seen += page.length;
    if (batch.length >= BATCH) {
      write(batch);
      batch = [];
    }
  }
  if (batch.length > 0) write(batch);
  return seen;
}

async function measured(work) {
  const wall = performance.now();
  const before = process.cpuUsage();
  const value = await work();
  const used = process.cpuUsage(before);
  return { wall: performance.now() - wall, processor: (used.user + used.system) / 1000, value };
}

async function firstSync() {
  const medplum = await client();
  const { wall, processor, value } = await measured(async () => {
    const db = open();
    create(db);
    await read(medplum, writer(db), QUERY);
    return db;
  });
  const held = value.prepare('SELECT (SELECT count(*) FROM resource) AS rows, (SELECT count(*) FROM search) AS words').get();
  if (held.rows !== Number(count) || held.words !== held.rows) throw new Error(`${held.rows} entries are held, not ${count}`);
  return { wall, processor, held: held.rows };
}

async function check(changes) {
  const medplum = await client();
  const db = open();
  const write = writer(db);
  const latest = db.prepare('SELECT max(last_updated) AS at FROM resource');
  const rounds = [];
  let processor = 0;
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    if (changes) await (await fetch(new URL('/change', url), { method: 'POST' })).text();
    const took = await measured(() => read(medplum, write, { ...QUERY, _lastUpdated: `ge${latest.get().at}` }));
    if (changes && took.value < 10) throw new Error('a change did not arrive');
    if (round > 0) {
      rounds.push(took.wall);
      processor += took.processor / ROUNDS;
    }
  }
  return { rounds, processor, requests: 1 };
}

const row = (json) => {
  const it = JSON.parse(json);
  return { id: it.id, title: it.code.text, date: it.effectiveDateTime, value: it.valueQuantity };
};

function pages(db) {
  const next = db.prepare(
    "SELECT row, sort_date, json FROM resource WHERE type = 'Observation' AND (sort_date, row) < (?, ?) " +
      'ORDER BY sort_date DESC, row DESC LIMIT ?',
  );
  let last = ['9999', 0];
  return (limit) => {
    const found = next.all([...last, limit]);
    if (found.length > 0) last = [found.at(-1).sort_date, found.at(-1).row];
    return found.map((it) => row(it.json));
  };
}

function coldOpen() {
  const rows = pages(open())(50);
  if (rows.length !== 50) throw new Error(`the list begins with ${rows.length} rows`);
  return { rows: rows.length };
}

function list() {
  const page = pages(open());
  const times = [];
  for (let length = 100; length === 100; ) {
    const began = performance.now();
    length = page(100).length;
    times.push(performance.now() - began);
  }
  return { pages: times };
}

function search() {
  const db = open();
  const find = db.prepare(
    'SELECT json FROM resource WHERE row IN (SELECT rowid FROM search WHERE search MATCH ?) ORDER BY sort_date DESC LIMIT 50',
  );
  const keystrokes = [];
  for (const word of WORDS) {
    for (let end = 1; end <= word.length; end += 1) {
      const began = performance.now();
      const parts = word.slice(0, end).trim().split(/\s+/);
      const found = find.all([parts.map((part) => `"${part}"*`).join(' ')]).map((it) => row(it.json));
      keystrokes.push(performance.now() - began);
      if (found.length === 0) throw new Error('nothing was found');
    }
  }
  return { keystrokes };
}

const TASKS = {
  'first-sync': firstSync,
  'no-change': () => check(false),
  'ten-changes': () => check(true),
  'cold-open': coldOpen,
  list,
  search,
};
const answer = await TASKS[task]();
console.log(JSON.stringify({ ...answer, peak: process.resourceUsage().maxRSS / 1024 }));
