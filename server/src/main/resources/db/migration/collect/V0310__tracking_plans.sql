-- one row per version of a source's plan; the highest is in force
create table tracking_plans (
    source_id integer not null references sources (id),
    version integer not null,
    mode text not null,
    allows_unplanned boolean not null,
    events text not null,
    note text not null,
    created_at timestamptz not null,
    created_by text not null,
    primary key (source_id, version)
);
-- how often a rule of a plan was broken, by day; name is empty for calls without one
create table plan_violations (
    source_id integer not null references sources (id),
    plan_version integer not null,
    type text not null,
    name text not null,
    rule text not null,
    day date not null,
    times bigint not null,
    last_at timestamptz not null,
    primary key (source_id, day, type, name, rule, plan_version)
);
-- one row per item set aside because it broke the plan; sealed until it is replayed or thrown away, then emptied
create table quarantined_items (
    id bigint generated always as identity primary key,
    source_id integer not null references sources (id),
    id_high bigint not null,
    id_low bigint not null,
    message_id text not null,
    plan_version integer not null,
    type text not null,
    name text,
    rules text[] not null,
    identifiers bigint[] not null,
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    state text not null,
    sealed bytea,
    settled_at timestamptz,
    settled_by text,
    unique (source_id, id_high, id_low)
);
create index quarantined_items_waiting on quarantined_items (source_id, occurred_at, id) where state = 'waiting';
