-- The number of the latest merge of customers the ledger of a run knew of: those since may make one person of two of its members.
alter table runs add column last_merge bigint not null default 0;
