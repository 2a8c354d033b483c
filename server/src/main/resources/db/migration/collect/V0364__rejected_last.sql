-- when the very same item came last: by it the list is in order, and by it an item grows old
alter table rejected_items add column last_at timestamptz;
update rejected_items set last_at = rejected_at;
alter table rejected_items alter column last_at set not null;
create index rejected_items_by_last on rejected_items (source_id, last_at, id);
