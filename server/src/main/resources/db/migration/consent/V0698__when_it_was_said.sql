-- set_at, seq, source and evidence are those of the saying that holds. When the history was told last is another matter: that
-- moves with every saying, also with one that decides nothing, and with people who are merged and taken apart.
alter table consents add column told_at timestamptz, add column told_seq bigint;
update consents set told_at = set_at, told_seq = seq;
alter table consents alter column told_at set not null, alter column told_seq set not null;

update consents
set set_at = plain_at, seq = coalesce(plain_seq, 0), source = plain_source, evidence = plain_evidence
where plain is not null and (decided is null
    or decided and not plain and (plain_at, coalesce(plain_seq, 0)) >= (decided_at, coalesce(decided_seq, 0)));
update consents
set set_at = decided_at, seq = coalesce(decided_seq, 0), source = decided_source, evidence = decided_evidence
where decided is not null and (plain is null
    or not (decided and not plain and (plain_at, coalesce(plain_seq, 0)) >= (decided_at, coalesce(decided_seq, 0))));
