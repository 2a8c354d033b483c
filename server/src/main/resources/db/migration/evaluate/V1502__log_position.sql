-- Where the log ended when the outcomes were recorded: orders of the window beyond it came too late to count.
alter table evaluations add column log_seq bigint;
