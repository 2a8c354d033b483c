-- what a source may send, from where and how fast; empty lists allow everything
alter table sources add column allowed_types text[] not null default '{}';
alter table sources add column allowed_origins text[] not null default '{}';
alter table sources add column events_per_second integer;
alter table sources add column paused_at timestamptz;
-- how often the very same item came
alter table rejected_items add column times bigint not null default 1;
