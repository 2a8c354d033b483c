create table segments (
    id bigint generated always as identity primary key,
    name text not null,
    rule jsonb not null,
    version int not null,
    created_at timestamptz not null,
    deleted_at timestamptz
);
create unique index segments_name on segments (name) where deleted_at is null;
-- One row per version of each segment, the present one included; never updated, never deleted.
create table segment_versions (
    segment_id bigint not null,
    version int not null,
    name text not null,
    rule jsonb not null,
    changed_at timestamptz not null,
    changed_by text not null,
    primary key (segment_id, version)
);
