-- Coverage is of the tag's population; others who have it are counted apart. Of a tag that is set from outside: since when
-- the value that was set last holds.
alter table tag_runs add column outside bigint not null default 0;
alter table tag_runs add column last_set_at timestamptz;

-- Of customers who were joined, tags stood here that had been taken away: everybody's are read from the history once more.
update tag_progress set unsettled = true;
