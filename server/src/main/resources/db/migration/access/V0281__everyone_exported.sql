-- Everybody the history had up to this place is shown in clear at once, in a file: one row for all of them.
alter table person_accesses add column everyone_up_to bigint;
create index person_accesses_everyone on person_accesses (id) where everyone_up_to is not null;
