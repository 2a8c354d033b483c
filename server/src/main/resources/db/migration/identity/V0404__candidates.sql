-- One row per pair of customers that are probably one person: to be looked at, accepted, rejected, or settled otherwise.
-- evidence: which fields say what, in bits; no values.
create table identity_candidates (
    id bigint generated always as identity primary key,
    left_id bigint not null,
    left_type text not null,
    right_id bigint not null,
    right_type text not null,
    probability double precision not null,
    evidence jsonb not null,
    state text not null,
    found_at timestamptz not null,
    decided_at timestamptz,
    decided_by text,
    unique (left_id, right_id)
);
create index identity_candidates_open on identity_candidates (probability desc, id) where state = 'open';

-- One row per search for probable matches.
create table identity_searches (
    id bigint generated always as identity primary key,
    source_id integer,
    asked_at timestamptz not null,
    asked_by text not null,
    state text not null,
    customers integer,
    compared bigint,
    found integer,
    merged integer,
    failure text,
    ended_at timestamptz
);

-- The rules that hold: the latest version. document: see IdentityRules.
create table identity_rules (
    version integer primary key,
    document jsonb not null,
    changed_at timestamptz not null,
    changed_by text not null
);
