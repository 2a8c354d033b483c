-- one row per place events come from
create table sources (
    id integer generated always as identity primary key,
    name text not null unique,
    personal_fields text[] not null default '{}',
    duplicates bigint not null default 0,
    created_at timestamptz not null,
    created_by text not null
);
-- one row per key a source may write with; the key itself is not stored
create table write_keys (
    id bigint generated always as identity primary key,
    source_id integer not null references sources (id),
    key_hash bytea not null unique,
    hint text not null,
    created_at timestamptz not null,
    created_by text not null,
    revoked_at timestamptz
);
-- one row per distinct item that could not be used; the item itself is sealed, for it may hold personal data
create table rejected_items (
    id bigint generated always as identity primary key,
    source_id integer not null references sources (id),
    digest bigint not null,
    reason text not null,
    detail text not null,
    rejected_at timestamptz not null,
    sealed bytea not null,
    unique (source_id, digest)
);
create index rejected_items_by_source on rejected_items (source_id, id);
-- one row per event whose personal fields no tail has taken up yet
create table intake_personal (
    seq bigint primary key,
    sealed bytea not null
);
-- one row per tail: what it has taken up, and the end of the batch it is at
create table tail_offsets (
    tail text primary key,
    seq bigint not null,
    claimed_seq bigint not null
);
