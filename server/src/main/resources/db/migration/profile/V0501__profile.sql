-- One row per customer the log knows of. known: seen with more than a device.
create table customers (
    customer_id bigint primary key,
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    known boolean not null
);

-- One row per customer and trait that is not personal: the value said last. A JSON null says that it was removed.
create table traits (
    customer_id bigint not null,
    trait text not null,
    value jsonb not null,
    set_at timestamptz not null,
    seq bigint not null,
    source_id int not null,
    primary key (customer_id, trait)
);

-- One row per customer with personal data: the key it is sealed under, wrapped. Without it the data is gone.
create table person_keys (
    customer_id bigint primary key,
    wrapped bytea not null,
    created_at timestamptz not null
);

-- One row per customer and personal field: the value said last, sealed under the person's key. fingerprint is a keyed
-- hash bound to this customer, to see a change without opening; address_hash, of an address one can write to, is the
-- same for everybody who has that address.
create table personal_fields (
    customer_id bigint not null,
    field text not null,
    sealed bytea not null,
    fingerprint bigint not null,
    address_hash bigint,
    set_at timestamptz not null,
    seq bigint not null,
    source_id int not null,
    primary key (customer_id, field)
);
create index personal_fields_address on personal_fields (address_hash) where address_hash is not null;

-- The last merge of customers that was taken over.
create table profile_progress (only_row boolean primary key default true check (only_row), last_merge bigint not null);
insert into profile_progress (last_merge) values (0);

-- For other modules: one row per customer and channel they can be written to over, with the keyed hash of the address.
create view reachable_customers as
select customer_id, 'email' as channel, address_hash from personal_fields where field = 'email' and address_hash is not null;
