-- One row per limit of the contact budget: at most so many messages to one customer within every run of so many days.
-- Without a category or a channel all count together.
create table contact_limits (
    id bigint generated always as identity primary key,
    category text,
    channel text,
    days int not null check (days in (1, 7, 30)),
    most int not null check (most between 0 and 1000),
    unique nulls not distinct (category, channel, days)
);

-- A unit is reserved when a run is planned and used when its message goes out; one that is not used is deleted. day is
-- that of the company's zone.
alter table contact_units
    add column day date,
    add column channel text not null default 'email',
    add column category text not null default 'promotion',
    add column state text not null default 'used' check (state in ('reserved', 'used')),
    add column run_id bigint;
update contact_units set day = (taken_at at time zone 'UTC')::date;
delete from contact_units where purpose <> 'marketing';
alter table contact_units
    alter column day set not null,
    alter column channel drop default,
    alter column category drop default,
    alter column state drop default;
drop index contact_units_customer;
create index contact_units_customer on contact_units (customer_id, day);
create index contact_units_reserved on contact_units (run_id) where state = 'reserved';
