-- One row per tag. version counts its definitions; approved_version is the one that is worked out, null when there is none yet.
create table tags (
    key text primary key,
    version int not null,
    approved_version int,
    shipped boolean not null,
    created_at timestamptz not null,
    retired_at timestamptz
);

-- One row per definition of each tag, the present one included; only its approval is written later.
create table tag_versions (
    key text not null references tags,
    version int not null,
    definition jsonb not null,
    lineage text[] not null,
    changed_at timestamptz not null,
    changed_by text not null,
    approved_at timestamptz,
    approved_by text,
    primary key (key, version)
);

-- One row per tag that was worked out: how it went the last time.
create table tag_runs (
    key text primary key references tags,
    version int not null,
    at timestamptz not null,
    population bigint not null,
    covered bigint not null,
    changed bigint not null,
    several bigint not null,
    millis bigint not null,
    problem text,
    counts jsonb not null
);

-- One row per customer with a tag: {"key": {"v": value, "at": since when}}. The history is tag_changes in the warehouse.
create table customer_tags (
    customer_id bigint primary key,
    tags jsonb not null
);

-- Orders changes of tags, of one instant too.
create sequence tag_change_seq;

-- unsettled: values may stand in the history and not here; then they are all read again.
create table tag_progress (only_row boolean primary key default true check (only_row), unsettled boolean not null);
insert into tag_progress (unsettled) values (false);
