-- What an import said is kept beside what was said otherwise (import_id 0): taking the import back is deleting its rows.
alter table traits add column import_id bigint not null default 0;
alter table traits drop constraint traits_pkey, add primary key (identity_id, trait, import_id);
create index traits_import on traits (import_id) where import_id <> 0;

alter table personal_fields add column import_id bigint not null default 0;
alter table personal_fields drop constraint personal_fields_pkey, add primary key (identity_id, field, import_id);
create index personal_fields_import on personal_fields (import_id) where import_id <> 0;
