-- Who else is told of events as they come in.
create table webhooks (
    id bigint generated always as identity primary key,
    name text not null unique,
    url text not null,
    -- secrets, newest first; the one before signs beside it until earlier_until
    sealed_secret bytea not null,
    sealed_earlier bytea,
    earlier_until timestamptz,
    -- names of track events, and types of the others
    events text[] not null,
    with_user_id boolean not null,
    active boolean not null,
    -- why it was switched off by itself
    stopped_because text,
    -- events up to here are not told
    from_seq bigint not null,
    created_at timestamptz not null,
    created_by text not null
);

create table webhook_deliveries (
    id bigint generated always as identity primary key,
    webhook_id bigint not null references webhooks on delete cascade,
    seq bigint not null,
    event text not null,
    customer_id bigint not null,
    -- without the user id: that is looked up when it is sent
    body text not null,
    state text not null check (state in ('waiting', 'delivered', 'dead')),
    attempts integer not null,
    due_at timestamptz not null,
    answered_status integer,
    failure text,
    made_at timestamptz not null,
    ended_at timestamptz,
    unique (webhook_id, seq)
);
create index webhook_deliveries_due on webhook_deliveries (webhook_id, due_at) where state = 'waiting';
create index webhook_deliveries_ended on webhook_deliveries (ended_at) where state <> 'waiting';
