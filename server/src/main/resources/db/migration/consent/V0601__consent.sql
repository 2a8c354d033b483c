-- One row per customer, purpose and channel: what was said last. stated is what the traits of the customer's source
-- said last: when a source repeats itself that is no new permission.
create table consents (
    customer_id bigint not null,
    purpose text not null,
    channel text not null,
    granted boolean not null,
    source text not null,
    set_at timestamptz not null,
    seq bigint not null,
    stated boolean,
    stated_at timestamptz,
    primary key (customer_id, purpose, channel)
);

-- One row per address nobody may write to any more, whoever has it.
create table suppressions (
    channel text not null,
    address_hash bigint not null,
    reason text not null,
    source text not null,
    suppressed_at timestamptz not null,
    primary key (channel, address_hash)
);

-- One row per message that took a unit of its customer's contact budget.
create table contact_units (
    message_id bigint primary key,
    customer_id bigint not null,
    purpose text not null,
    taken_at timestamptz not null
);
create index contact_units_customer on contact_units (customer_id, taken_at);
create index contact_units_time on contact_units (taken_at);

-- One row per change made by hand or by a link that is not yet in the history; batch is set before it goes there.
create table consent_changes_pending (
    id bigint generated always as identity primary key,
    customer_id bigint not null,
    purpose text not null,
    channel text not null,
    granted boolean not null,
    source text not null,
    set_at timestamptz not null,
    batch text
);

-- The last merge of customers that was taken over.
create table consent_progress (only_row boolean primary key default true check (only_row), last_merge bigint not null);
insert into consent_progress (last_merge) values (0);
