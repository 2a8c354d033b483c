-- One row per batch of values somebody gave an imported tag over the API: the same batch again changes nothing.
create table tag_batches (
    tag text not null references tags,
    batch text not null,
    digest text not null,
    changed int not null,
    at timestamptz not null,
    primary key (tag, batch)
);

-- What the API said of an imported tag is kept as files' words are, so that an undone import leaves it.
insert into traits (customer_id, identity_id, trait, import_id, value, set_at, seq, source_id, standing)
select c.customer_id, c.customer_id, 'tag:' || e.key, 0, to_jsonb(e.value ->> 'v'), (e.value ->> 'at')::timestamptz, 0, 0, true
from customer_tags c cross join lateral jsonb_each(c.tags) as e (key, value)
join tags t on t.key = e.key
join tag_versions v on v.key = t.key and v.version = t.version
where v.definition -> 'content' ->> 'kind' = 'imported'
on conflict do nothing;

-- How many customers had the trait when it was worked out last.
alter table computed_traits add column covered bigint not null default 0;
