"""The tables of ``intake.db``: one step per version brings an older home up to date."""

from __future__ import annotations

_FIRST = """
CREATE TABLE messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    media TEXT NOT NULL,
    received_us INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    payload BLOB,
    spool TEXT,
    state TEXT NOT NULL DEFAULT 'pending',
    owner TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    batch_id TEXT
) STRICT;
CREATE INDEX messages_pending ON messages (source, seq, received_us) WHERE state = 'pending';
CREATE INDEX messages_spool ON messages (spool) WHERE spool IS NOT NULL;
CREATE INDEX messages_batch ON messages (batch_id, received_us) WHERE batch_id IS NOT NULL;

CREATE TABLE sources (
    source TEXT PRIMARY KEY,
    connector TEXT NOT NULL,
    title_fr TEXT NOT NULL,
    title_en TEXT NOT NULL,
    period_s INTEGER NOT NULL,
    mapping TEXT NOT NULL,
    options TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    last_received_us INTEGER,
    last_fact_us INTEGER,
    messages INTEGER NOT NULL DEFAULT 0,
    read INTEGER NOT NULL DEFAULT 0,
    accepted INTEGER NOT NULL DEFAULT 0,
    duplicates INTEGER NOT NULL DEFAULT 0,
    quarantined INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'never'
) STRICT;

CREATE TABLE source_notices (
    source TEXT NOT NULL,
    code TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (source, code)
) STRICT;

CREATE TABLE batches (
    batch_id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    kinds TEXT NOT NULL,
    files TEXT NOT NULL,
    messages INTEGER NOT NULL,
    read INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    notices TEXT NOT NULL,
    duration_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX batches_source ON batches (source, at_us);

CREATE TABLE quarantine (
    quarantine_id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    message_id TEXT NOT NULL,
    file TEXT NOT NULL,
    media TEXT NOT NULL,
    row INTEGER,
    code TEXT NOT NULL,
    params TEXT NOT NULL,
    raw BLOB NOT NULL,
    state TEXT NOT NULL DEFAULT 'new',
    attempts INTEGER NOT NULL DEFAULT 0,
    received_us INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    changed_us INTEGER NOT NULL
) STRICT;
CREATE INDEX quarantine_source ON quarantine (source, code, state);
CREATE INDEX quarantine_created ON quarantine (created_us);
CREATE INDEX quarantine_message ON quarantine (message_id);

CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    data TEXT NOT NULL
) STRICT;

CREATE TABLE taken_files (
    folder TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    message_id TEXT NOT NULL,
    taken_us INTEGER NOT NULL,
    PRIMARY KEY (folder, name, sha256)
) STRICT;

CREATE TABLE polled (
    url TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    fetched_us INTEGER NOT NULL
) STRICT;
"""

_FEEDS = """
CREATE TABLE feeds (
    feed TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    failures INTEGER NOT NULL,
    openings INTEGER NOT NULL,
    open_until_us INTEGER NOT NULL,
    reason TEXT NOT NULL,
    tried_us INTEGER,
    next_us INTEGER NOT NULL
) STRICT;
"""

_OBSERVED = """
CREATE TABLE source_fields (
    source TEXT NOT NULL,
    field TEXT NOT NULL,
    state TEXT NOT NULL,
    n INTEGER NOT NULL,
    batches INTEGER NOT NULL,
    first_us INTEGER NOT NULL,
    last_us INTEGER NOT NULL,
    PRIMARY KEY (source, field, state)
) STRICT;
CREATE TABLE source_volume (
    source TEXT NOT NULL,
    quarter INTEGER NOT NULL,
    records INTEGER NOT NULL,
    PRIMARY KEY (source, quarter)
) STRICT, WITHOUT ROWID;
INSERT INTO source_volume
    SELECT source, at_us / 900000000, sum(accepted) FROM batches GROUP BY 1, 2;
"""

_SEALED = """
ALTER TABLE messages ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE quarantine ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
"""

_FORGOTTEN = """
CREATE TABLE forgotten (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    store TEXT NOT NULL,
    n INTEGER NOT NULL,
    digest TEXT NOT NULL,
    first_us INTEGER NOT NULL,
    last_us INTEGER NOT NULL,
    before_us INTEGER NOT NULL,
    at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_received ON messages (received_us) WHERE state <> 'pending';
CREATE INDEX events_at ON events (at_us);
"""

_ORIGINS = """
ALTER TABLE batches ADD COLUMN origins TEXT NOT NULL DEFAULT '[]';
UPDATE batches SET origins = (
    SELECT json_group_array(json_array(received_us, name, sha256)) FROM (
        SELECT received_us, name, sha256 FROM messages
        WHERE messages.batch_id = batches.batch_id ORDER BY seq LIMIT 20
    )
) WHERE EXISTS (SELECT 1 FROM messages WHERE messages.batch_id = batches.batch_id);
"""

STEPS = (_FIRST, _FEEDS, _OBSERVED, _SEALED, _FORGOTTEN, _ORIGINS)
SCHEMA_VERSION = len(STEPS)
