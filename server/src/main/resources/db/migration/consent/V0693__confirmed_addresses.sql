-- The address a question was sent to, as a keyed hash: only who reads that mailbox can answer it. Null where there was none.
alter table consent_confirmations add column address_hash bigint;

-- One row per address at which somebody confirmed a yes, or for which a hand vouched, under the identity it was said of. What a
-- person agreed to who has any holds at these only.
create table consent_addresses (
    customer_id bigint not null,
    channel text not null,
    address_hash bigint not null,
    confirmed_at timestamptz not null,
    primary key (customer_id, channel, address_hash)
);

-- What was asked and confirmed until now was so at the address of today, as far as anybody knows. (The tables of other modules
-- are there where this comes to a database that is in use.)
do $$
begin
    if to_regclass('reachable_customers') is not null and to_regclass('customer_aliases') is not null then
        update consent_confirmations c set address_hash = r.address_hash
        from customer_aliases a join reachable_customers r on r.customer_id = a.customer_id
        where a.alias_id = c.customer_id and r.channel = c.channel;
        insert into consent_addresses (customer_id, channel, address_hash, confirmed_at)
        select customer_id, channel, address_hash, min(confirmed_at) from consent_confirmations
        where confirmed_at is not null and address_hash is not null group by 1, 2, 3;
    end if;
end $$;
