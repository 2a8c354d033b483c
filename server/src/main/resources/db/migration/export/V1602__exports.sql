-- The history as files, on a folder of the server or in S3-compatible storage.
create table exports (
    id bigint generated always as identity primary key,
    name text not null unique,
    data text[] not null,
    form text not null check (form in ('parquet', 'csv')),
    -- what of personal data stands in profiles
    personal text not null check (personal in ('none', 'masked', 'clear')),
    -- null: the server's own folder of exports
    s3_endpoint text,
    s3_region text,
    s3_bucket text,
    s3_prefix text,
    s3_access_key text,
    sealed_s3_secret bytea,
    -- null: only when asked
    every text check (every in ('hour', 'day')),
    at_time time,
    -- by whom the next run was asked for; null: by the schedule
    asked_by text,
    created_at timestamptz not null,
    created_by text not null
);

create table export_runs (
    id bigint generated always as identity primary key,
    export_id bigint not null references exports on delete cascade,
    state text not null check (state in ('running', 'done', 'failed')),
    started_at timestamptz not null,
    started_by text not null,
    ended_at timestamptz,
    files integer not null,
    rows bigint not null,
    -- how much of it is made, 0 to 1
    progress real not null,
    bytes bigint not null,
    failure text,
    detail text
);
create index export_runs_of on export_runs (export_id, id);

-- days that stand in files as they will stay
create table export_days (
    export_id bigint not null references exports on delete cascade,
    data text not null,
    day date not null,
    primary key (export_id, data, day)
);
