-- A run that was withdrawn: nothing of it is sent any more, and what is being sent is not tried again.
alter table message_runs add column withdrawn boolean not null default false;
-- The number of the latest merge of customers its ledger knew of.
alter table message_runs add column last_merge bigint not null default 0;
