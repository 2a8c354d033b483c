-- why something failed, so that it can be said in the reader's language: its code, and the values its words name (JSON)
alter table imports add column failure_code text;
alter table imports add column failure_parameters text;
alter table pull_runs add column failure_parameters text;
alter table folder_files add column failure_parameters text;
-- why a folder cannot be looked at now, and since when
alter table watched_folders add column trouble_code text;
alter table watched_folders add column trouble text;
alter table watched_folders add column trouble_parameters text;
alter table watched_folders add column troubled_at timestamptz;
-- where a file was taken: its entry may be changed or deleted while the file still lies there
alter table folder_files add column place text;
update folder_files f set place = w.folder from watched_folders w where w.id = f.folder_id;
alter table folder_files alter column folder_id drop not null;
alter table folder_files drop constraint folder_files_folder_id_fkey;
alter table folder_files add constraint folder_files_folder_id_fkey foreign key (folder_id)
    references watched_folders (id) on delete set null;
