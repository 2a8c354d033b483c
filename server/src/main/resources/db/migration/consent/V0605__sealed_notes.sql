-- A note may tell of a person whose address stays on the list when the person is erased: it is sealed.
alter table suppressions drop column note, add column sealed_note bytea;
