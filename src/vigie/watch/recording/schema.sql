-- The recorder's own index. It is the truth about what is recorded; no picture is in it.
CREATE TABLE IF NOT EXISTS camera (
  camera_id TEXT PRIMARY KEY,
  label TEXT NOT NULL CHECK (label <> ''),
  authorisation TEXT NOT NULL CHECK (authorisation <> ''),
  authorised_until_us INTEGER NOT NULL CHECK (authorised_until_us > 0),
  retention_days INTEGER NOT NULL CHECK (typeof(retention_days) = 'integer' AND retention_days BETWEEN 1 AND 30),
  masks TEXT NOT NULL CHECK (masks IN ('set', 'not_needed', 'burnt')),
  service TEXT NOT NULL CHECK (service <> ''),
  stream TEXT NOT NULL CHECK (stream <> '' AND stream NOT LIKE '%://%'),
  revision INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS camera_purpose (
  camera_id TEXT NOT NULL REFERENCES camera,
  purpose INTEGER NOT NULL CHECK (purpose BETWEEN 1 AND 11),
  PRIMARY KEY (camera_id, purpose)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mask (
  camera_id TEXT NOT NULL REFERENCES camera,
  version INTEGER NOT NULL CHECK (version > 0),
  width INTEGER NOT NULL CHECK (width > 0),
  height INTEGER NOT NULL CHECK (height > 0),
  rings TEXT NOT NULL CHECK (rings LIKE '[%'),
  by_name TEXT NOT NULL CHECK (by_name <> ''),
  why TEXT NOT NULL CHECK (why <> ''),
  at_us INTEGER NOT NULL,
  from_us INTEGER,
  PRIMARY KEY (camera_id, version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS mask_stays BEFORE DELETE ON mask
BEGIN SELECT RAISE(ABORT, 'a version of masks stays'); END;
CREATE TRIGGER IF NOT EXISTS mask_as_drawn BEFORE UPDATE ON mask
WHEN OLD.from_us IS NOT NULL OR NEW.rings <> OLD.rings OR NEW.by_name <> OLD.by_name OR NEW.at_us <> OLD.at_us
  OR NEW.width <> OLD.width OR NEW.height <> OLD.height OR NEW.why <> OLD.why OR NEW.version <> OLD.version
BEGIN SELECT RAISE(ABORT, 'a version of masks stays as it was drawn'); END;
CREATE TABLE IF NOT EXISTS segment (
  segment_id INTEGER PRIMARY KEY AUTOINCREMENT,
  camera_id TEXT NOT NULL REFERENCES camera,
  start_us INTEGER NOT NULL,
  end_us INTEGER NOT NULL,
  path TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL DEFAULT 0,
  sha256 TEXT NOT NULL DEFAULT '',
  head INTEGER NOT NULL DEFAULT 0,
  term_days INTEGER NOT NULL CHECK (term_days BETWEEN 1 AND 30),
  skew_us INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('writing', 'whole', 'ending')),
  made TEXT NOT NULL DEFAULT '',
  ended TEXT NOT NULL DEFAULT '',
  mask INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS segment_by_camera ON segment (camera_id, start_us);
CREATE INDEX IF NOT EXISTS segment_by_start ON segment (start_us);
CREATE INDEX IF NOT EXISTS segment_untold ON segment (end_us) WHERE made = '' AND state = 'whole';
CREATE TABLE IF NOT EXISTS keyframe (
  segment_id INTEGER NOT NULL REFERENCES segment ON DELETE CASCADE,
  after_us INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  pts INTEGER NOT NULL,
  PRIMARY KEY (segment_id, after_us)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gap (
  gap_id INTEGER PRIMARY KEY,
  camera_id TEXT NOT NULL REFERENCES camera,
  from_us INTEGER NOT NULL,
  to_us INTEGER,
  reason TEXT NOT NULL CHECK (reason IN (
    'no_connection', 'stream_cut', 'silent', 'source_ended', 'restart', 'disk_full',
    'not_authorised', 'torn', 'made_room', 'stopped', 'mask_missing', 'mask_size', 'mask_codec'))
) STRICT;
CREATE INDEX IF NOT EXISTS gap_by_camera ON gap (camera_id, from_us);
CREATE TABLE IF NOT EXISTS act (
  act_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('made', 'destroyed')),
  why TEXT NOT NULL,
  camera_id TEXT NOT NULL,
  from_us INTEGER NOT NULL,
  to_us INTEGER NOT NULL,
  segments INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  line INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS act_untold ON act (at_us) WHERE line IS NULL;
CREATE TABLE IF NOT EXISTS hold (
  case_ref TEXT NOT NULL CHECK (case_ref <> ''),
  camera_id TEXT NOT NULL REFERENCES camera,
  from_us INTEGER NOT NULL,
  to_us INTEGER NOT NULL CHECK (to_us > from_us),
  at_us INTEGER NOT NULL,
  released_us INTEGER,
  until_us INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS hold_standing ON hold (camera_id, from_us) WHERE released_us IS NULL;
CREATE TABLE IF NOT EXISTS health (
  camera_id TEXT PRIMARY KEY REFERENCES camera,
  at_us INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('recording', 'connecting', 'not_authorised', 'disk_full', 'stopped', 'not_masked')),
  packet_us INTEGER,
  skew_us INTEGER NOT NULL,
  reconnects INTEGER NOT NULL,
  bytes_per_s INTEGER NOT NULL,
  pid INTEGER NOT NULL,
  cpu_permille INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS alarm (
  alarm_id INTEGER PRIMARY KEY,
  at_us INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('disk_full', 'made_room', 'dropped', 'restarted', 'skew')),
  camera_id TEXT NOT NULL DEFAULT '',
  n INTEGER NOT NULL DEFAULT 0,
  told INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS export (
  export_id TEXT PRIMARY KEY,
  camera_id TEXT NOT NULL REFERENCES camera,
  from_us INTEGER NOT NULL,
  to_us INTEGER NOT NULL CHECK (to_us > from_us),
  cover TEXT NOT NULL CHECK (cover IN ('faces', 'hand', 'whole')),
  asked_by TEXT NOT NULL CHECK (asked_by <> ''),
  why TEXT NOT NULL CHECK (why <> ''),
  recipient TEXT NOT NULL CHECK (recipient <> ''),
  at_us INTEGER NOT NULL,
  until_us INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'refused', 'drawing', 'failed', 'ready', 'signed', 'ended')),
  decided_by TEXT NOT NULL DEFAULT '' CHECK (decided_by <> asked_by),
  decided_us INTEGER,
  progress INTEGER NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1000),
  claim_us INTEGER,
  failure TEXT NOT NULL DEFAULT '',
  spans TEXT,
  hand TEXT NOT NULL DEFAULT '[]',
  pictures INTEGER NOT NULL DEFAULT 0,
  sha256 TEXT NOT NULL DEFAULT '',
  sources TEXT NOT NULL DEFAULT '[]',
  signed_by TEXT NOT NULL DEFAULT '' CHECK (signed_by <> asked_by),
  signed_us INTEGER
) STRICT;
CREATE TRIGGER IF NOT EXISTS export_signed BEFORE UPDATE ON export
WHEN OLD.signed_us IS NOT NULL AND (NEW.sha256 <> OLD.sha256 OR (NEW.hand <> OLD.hand AND NEW.state <> 'ended')
  OR NEW.signed_by <> OLD.signed_by OR NEW.cover <> OLD.cover OR NEW.state NOT IN ('signed', 'ended'))
BEGIN SELECT RAISE(ABORT, 'what was signed stays'); END;
CREATE TABLE IF NOT EXISTS viewing (
  viewing_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  cameras TEXT NOT NULL,
  from_us INTEGER NOT NULL,
  to_us INTEGER,
  until_us INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS agent (
  account_id TEXT PRIMARY KEY,
  document TEXT NOT NULL CHECK (document <> ''),
  until_us INTEGER NOT NULL,
  granted_by TEXT NOT NULL,
  at_us INTEGER NOT NULL
) STRICT;
