-- One row: the installation these tables belong to. The history has the same one; a server starts on both or on neither.
create table installation (
    only_row boolean primary key default true check (only_row),
    id text not null,
    key_fingerprint text not null
);
