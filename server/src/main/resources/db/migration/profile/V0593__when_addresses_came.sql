-- Who asks for the address a customer had at an event has to know whether the one of today came after it.
create or replace view reachable_customers as
select customer_id, 'email' as channel, address_hash, seq from personal_fields
where field = 'email' and address_hash is not null and standing;
