-- What each source said is kept by itself: a conflict rule chooses among them.
-- told: whether the history has what a row says, with its time; false: an earlier time of the same value; null: perhaps, but
-- without the source, as of before this version.
alter table traits add column told boolean;
alter table traits drop constraint traits_pkey, add primary key (identity_id, trait, source_id, import_id);
alter table personal_fields drop constraint personal_fields_pkey, add primary key (identity_id, field, source_id, import_id);
