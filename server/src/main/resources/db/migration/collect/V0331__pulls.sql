-- one row per database of the company whose rows are pulled; its password is sealed
create table database_connections (
    id bigint generated always as identity primary key,
    name text not null unique,
    url text not null,
    user_name text,
    sealed_password bytea,
    created_at timestamptz not null,
    created_by text not null
);
-- one row per table or query that is pulled; watermark is the highest value that has come in, as text
create table pulls (
    id bigint generated always as identity primary key,
    name text not null unique,
    connection_id bigint not null references database_connections (id),
    from_table text,
    query text,
    mapping text not null,
    watermark_column text,
    overlap bigint not null,
    every_minutes integer,
    daily_at time,
    active boolean not null,
    watermark text,
    due_at timestamptz,
    created_at timestamptz not null,
    created_by text not null,
    check ((from_table is null) <> (query is null))
);
-- one row per time that a pull was done, or tried; a pull has at most one that is not over
create table pull_runs (
    id bigint generated always as identity primary key,
    pull_id bigint not null references pulls (id) on delete cascade,
    dry_run boolean not null,
    state text not null,
    asked_by text not null,
    began_at timestamptz not null,
    ended_at timestamptz,
    rows bigint,
    watermark_from text,
    watermark_to text,
    failure_code text,
    failure text
);
create unique index pull_runs_open on pull_runs (pull_id) where state in ('reading', 'importing');
create index pull_runs_of on pull_runs (pull_id, id);
-- what brought an import's file by itself, and which time of it
alter table imports add column origin_way text;
alter table imports add column origin_id bigint;
alter table imports add column origin_name text;
alter table imports add column origin_run bigint;
create index imports_origin on imports (origin_way, origin_run) where origin_way is not null;
