-- When a job that is being worked on was asked for again meanwhile.
alter table scheduled_tasks add column again_at timestamptz;
