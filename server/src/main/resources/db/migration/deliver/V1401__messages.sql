-- What the messages of one run have in common.
create table message_runs (
    run_id bigint primary key,
    campaign_id bigint not null,
    purpose text not null,
    channel text not null,
    template_id bigint not null,
    template_version integer not null,
    offer_id bigint,
    window_from time not null,
    window_to time not null,
    expires_at timestamptz not null,
    finished boolean not null default false
);
create index message_runs_unfinished on message_runs (run_id) where not finished;

-- The outbox: one row per message. ready -> sending -> sent; or failed, deferred, in_doubt, skipped.
create table messages (
    message_id bigint primary key,
    decision_id bigint not null unique,
    run_id bigint not null references message_runs,
    campaign_id bigint not null,
    customer_id bigint not null,
    state text not null check (state in ('ready', 'sending', 'sent', 'failed', 'deferred', 'in_doubt', 'skipped')),
    reason text,
    detail text,
    due_at timestamptz not null,
    -- how often it was begun to be sent
    attempts integer not null default 0,
    -- the start of the server that is sending it: a row in sending of an earlier start is in doubt
    sender bigint,
    -- keyed hash of the address it was handed over for
    address_hash bigint,
    changed_at timestamptz not null,
    sent_at timestamptz,
    opened_at timestamptz,
    clicked_at timestamptz,
    unsubscribed_at timestamptz
);
create index messages_due on messages (due_at, message_id) where state in ('ready', 'deferred');
create index messages_open on messages (run_id) where state in ('ready', 'sending', 'deferred');
create index messages_sending on messages (message_id) where state = 'sending';
create index messages_by_campaign on messages (campaign_id, state, message_id);
create index messages_by_customer on messages (customer_id);

-- One row per change of state that the warehouse does not have yet. A batch is numbered before it is appended, so that
-- a repeated append is the very same batch.
create table message_changes (
    id bigint generated always as identity primary key,
    message_id bigint not null,
    state text not null,
    reason text,
    detail text,
    changed_at timestamptz not null,
    batch bigint
);
create index message_changes_in_batch on message_changes (batch) where batch is not null;

-- One row: the number of the latest start of the server, and of the latest batch of changes.
create table delivery_counters (
    only_row boolean primary key default true check (only_row),
    last_start bigint not null,
    last_batch bigint not null
);
insert into delivery_counters (last_start, last_batch) values (0, 0);

-- One row per address the messages of a run link to; sealed, because an address may carry personal data.
create table message_links (
    link_id bigint generated always as identity primary key,
    run_id bigint not null,
    url_hash bigint not null,
    url bytea not null,
    unique (run_id, url_hash)
);
