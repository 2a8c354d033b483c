-- What an undone import showed is not shown any more; its row stays, so that an erasure still finds what is sealed in it.
alter table consent_evidence add column undone boolean not null default false;
