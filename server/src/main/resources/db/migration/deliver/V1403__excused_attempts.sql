-- Attempts that failed by our own set-up, e.g. a sender the mail server refuses: they do not count as retries.
alter table messages add column excused_attempts int not null default 0;
