-- one row per folder and pattern of file names that are brought in by themselves
create table watched_folders (
    id bigint generated always as identity primary key,
    name text not null unique,
    folder text not null,
    pattern text not null,
    mapping text not null,
    active boolean not null,
    created_at timestamptz not null,
    created_by text not null
);
-- one row per file that was taken out of a folder; moved_to is where it lies since, within the folder
create table folder_files (
    id bigint generated always as identity primary key,
    folder_id bigint not null references watched_folders (id) on delete cascade,
    file_name text not null,
    bytes bigint not null,
    digest text,
    state text not null,
    moved_to text,
    failure_code text,
    failure text,
    taken_at timestamptz not null,
    ended_at timestamptz
);
create index folder_files_of on folder_files (folder_id, id);
create index folder_files_open on folder_files (id) where state = 'taken';
create index folder_files_same on folder_files (folder_id, digest);
