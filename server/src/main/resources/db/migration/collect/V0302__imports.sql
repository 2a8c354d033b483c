-- one row per imported file
create table imports (
    id bigint generated always as identity primary key,
    file_name text not null,
    dry_run boolean not null,
    state text not null,
    mapping text not null,
    report text,
    failure text,
    created_at timestamptz not null,
    created_by text not null,
    finished_at timestamptz
);
-- one row per row of a file that could not be used; the row itself is sealed
create table import_rejects (
    import_id bigint not null references imports (id),
    row_number bigint not null,
    reason text not null,
    detail text not null,
    sealed bytea not null,
    primary key (import_id, row_number)
);
