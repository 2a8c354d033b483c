-- what an import's rows tell of; where its file lies, what it was like and the moment the import takes as now, so that
-- one the server's end cut short goes on with the same file; and whether the file is deleted once it was read
alter table imports add column kind text not null default 'orders';
alter table imports add column path text;
alter table imports add column bytes bigint;
alter table imports add column modified_at timestamptz;
alter table imports add column taken_at timestamptz;
alter table imports add column deletes_file boolean not null default false;
-- one row per import and earlier one that had brought rows of its file: they stand as long as that one does
create table import_repeats (
    import_id bigint not null references imports (id),
    of_import_id bigint not null references imports (id),
    rows bigint not null,
    primary key (import_id, of_import_id)
);
create index import_repeats_of on import_repeats (of_import_id);
