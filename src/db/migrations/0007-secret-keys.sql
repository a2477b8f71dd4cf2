-- The keys that workers seal with, so that a worker whose keys cannot open what another sealed says so when it starts.
-- Never a key itself: 64 bits of an HMAC under it, which say whether two keys of one id are the same.
create table secret_key (
  id text primary key,
  fingerprint text not null check (fingerprint ~ '^[0-9a-f]{16}$'),
  -- Made and kept by one machine, in its DATA_DIR, where SECRET_KEYS was not set.
  kept boolean not null,
  -- When a worker last started with it as its current key.
  seen_at timestamptz not null
);
