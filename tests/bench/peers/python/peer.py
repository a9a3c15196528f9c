"""The measurements' peer in Python: what somebody would write with fhirpy and sqlcipher3.

Usage: python peer.py TASK FOLDER URL COUNT. Answers with one line of JSON.
"""

import asyncio
import json
import os
import resource
import sys
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "libraries"))

import sqlcipher3  # noqa: E402

KEY = "x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'"
BATCH = 1000
ROUNDS = 7
QUERY = {"patient": "bench", "category": "vital-signs", "_count": "100"}
WORDS = ["blood pressure", "weight", "okafor", "oxygen", "repeated high", "nurse"]
TASK, FOLDER, URL, COUNT = sys.argv[1:5]


def opened():
    db = sqlcipher3.connect(os.path.join(FOLDER, "peer.db"), isolation_level=None)
    db.execute(f'PRAGMA key = "{KEY}"')
    for pragma in (
        "temp_store = MEMORY",
        "cache_size = -16384",
        "journal_mode = WAL",
        "synchronous = NORMAL",
    ):
        db.execute(f"PRAGMA {pragma}")
    return db


def create(db):
    db.executescript(
        """
        CREATE TABLE IF NOT EXISTS resource (row INTEGER PRIMARY KEY, type TEXT NOT NULL, id TEXT NOT NULL,
          version TEXT, last_updated TEXT, sort_date TEXT, code TEXT, json TEXT NOT NULL, UNIQUE (type, id));
        CREATE INDEX IF NOT EXISTS by_updated ON resource (last_updated);
        CREATE INDEX IF NOT EXISTS by_date ON resource (type, sort_date);
        CREATE INDEX IF NOT EXISTS by_code ON resource (type, code);
        CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(text, content='', contentless_delete=1);
        """
    )


def words(it):
    parts = [it["code"]["text"]]
    parts += [who["display"] for who in it.get("performer", ())]
    parts += [note["text"] for note in it.get("note", ())]
    return " ".join(parts)


def write(db, batch):
    db.execute("BEGIN IMMEDIATE")
    for it in batch:
        meta = it["meta"]
        known = db.execute(
            "SELECT row, version FROM resource WHERE type = ? AND id = ?",
            (it["resourceType"], it["id"]),
        ).fetchone()
        if known and known[1] == meta["versionId"]:
            continue
        values = (
            meta["versionId"],
            meta["lastUpdated"],
            it["effectiveDateTime"],
            it["code"]["text"],
            json.dumps(it, separators=(",", ":"), ensure_ascii=False),
        )
        if known:
            row = known[0]
            db.execute(
                "UPDATE resource SET version = ?, last_updated = ?, sort_date = ?, code = ?, json = ? WHERE row = ?",
                (*values, row),
            )
            db.execute("DELETE FROM search WHERE rowid = ?", (row,))
        else:
            row = db.execute(
                "INSERT INTO resource (type, id, version, last_updated, sort_date, code, json) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (it["resourceType"], it["id"], *values),
            ).lastrowid
        db.execute("INSERT INTO search (rowid, text) VALUES (?, ?)", (row, words(it)))
    db.execute("COMMIT")


async def read(client, db, query):
    """Plain dictionaries and the server's own next link: the library's cheapest way."""
    seen, batch = 0, []
    bundle = await client.execute("Observation", "get", params=query)
    while True:
        page = [entry["resource"] for entry in bundle.get("entry", ())]
        seen += len(page)
        batch += page
        following = next(
            (link["url"] for link in bundle.get("link", ()) if link["relation"] == "next"), None
        )
        if batch and (len(batch) >= BATCH or following is None):
            write(db, batch)
            batch = []
        if following is None:
            return seen
        bundle = await client.execute(following, "get")


class Meter:
    def __init__(self):
        self.wall, self.processor = time.perf_counter(), time.process_time()

    def passed(self):
        return (
            (time.perf_counter() - self.wall) * 1000,
            (time.process_time() - self.processor) * 1000,
        )


def new_client():
    from fhirpy import AsyncFHIRClient

    return AsyncFHIRClient(URL)


async def first_sync():
    client = new_client()
    meter = Meter()
    db = opened()
    create(db)
    await read(client, db, QUERY)
    wall, processor = meter.passed()
    held, words = db.execute(
        "SELECT (SELECT count(*) FROM resource), (SELECT count(*) FROM search)"
    ).fetchone()
    if held != int(COUNT) or words != held:
        raise SystemExit(f"{held} entries are held, not {COUNT}")
    return {"wall": wall, "processor": processor, "held": held}


async def check(changes):
    client = new_client()
    db = opened()
    rounds, used = [], 0.0
    # The first round warms up.
    for number in range(ROUNDS + 1):
        if changes:
            with urllib.request.urlopen(URL.removesuffix("/fhir") + "/change", data=b"") as answer:
                answer.read()
        meter = Meter()
        (latest,) = db.execute("SELECT max(last_updated) FROM resource").fetchone()
        seen = await read(client, db, {**QUERY, "_lastUpdated": f"ge{latest}"})
        wall, processor = meter.passed()
        if changes and seen < 10:
            raise SystemExit("a change did not arrive")
        if number > 0:
            rounds.append(wall)
            used += processor / ROUNDS
    return {"rounds": rounds, "processor": used, "requests": 1}


def row(text):
    it = json.loads(text)
    return (it["id"], it["code"]["text"], it["effectiveDateTime"], it["valueQuantity"])


def pages(db, limit):
    last = ("9999", 0)
    while True:
        found = db.execute(
            "SELECT row, sort_date, json FROM resource WHERE type = 'Observation' AND (sort_date, row) < (?, ?) "
            "ORDER BY sort_date DESC, row DESC LIMIT ?",
            (*last, limit),
        ).fetchall()
        if found:
            last = (found[-1][1], found[-1][0])
        yield [row(it[2]) for it in found]


def cold_open():
    rows = next(pages(opened(), 50))
    if len(rows) != 50:
        raise SystemExit(f"the list begins with {len(rows)} rows")
    return {"rows": len(rows)}


def list_pages():
    turned, times, length = pages(opened(), 100), [], 100
    while length == 100:
        meter = Meter()
        length = len(next(turned))
        times.append(meter.passed()[0])
    return {"pages": times}


def search():
    db, keystrokes = opened(), []
    for word in WORDS:
        for end in range(1, len(word) + 1):
            meter = Meter()
            match = " ".join(f'"{part}"*' for part in word[:end].split())
            found = db.execute(
                "SELECT json FROM resource WHERE row IN (SELECT rowid FROM search WHERE search MATCH ?) "
                "ORDER BY sort_date DESC LIMIT 50",
                (match,),
            ).fetchall()
            rows = [row(it[0]) for it in found]
            keystrokes.append(meter.passed()[0])
            if not rows:
                raise SystemExit("nothing was found")
    return {"keystrokes": keystrokes}


TASKS = {
    "first-sync": lambda: asyncio.run(first_sync()),
    "no-change": lambda: asyncio.run(check(False)),
    "ten-changes": lambda: asyncio.run(check(True)),
    "cold-open": cold_open,
    "list": list_pages,
    "search": search,
}
answer = TASKS[TASK]()
# Linux says kibibytes, macOS bytes.
unit = 1024 * 1024 if sys.platform == "darwin" else 1024
answer["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
print(json.dumps(answer))
