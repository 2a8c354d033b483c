-- One row per computed trait: its definition, how far it was worked out, and how it went.
-- unsettled: values may stand in the history and not in traits; then they are all read again.
create table computed_traits (
    name text primary key,
    definition jsonb not null,
    created_at timestamptz not null,
    created_by text not null,
    as_of timestamptz,
    event_seq bigint not null default 0,
    order_seq bigint not null default 0,
    regrouping bigint not null default 0,
    undone bigint not null default 0,
    full_at timestamptz,
    changed bigint not null default 0,
    millis bigint not null default 0,
    problem text,
    unsettled boolean not null default false
);
