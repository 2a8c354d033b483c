-- Who has a telephone number can be written to by short message.
create or replace view reachable_customers as
select customer_id, 'email' as channel, address_hash, seq from personal_fields
where field = 'email' and address_hash is not null and standing
union all
select customer_id, 'sms' as channel, address_hash, seq from personal_fields
where field = 'phone' and address_hash is not null and standing;
