-- What was said is kept under the identity it was said of (the strongest identifier of its event): a merge and an un-merge
-- change whose it is, not what was said. standing: what holds of all that the customer's identities said.
alter table traits add column identity_id bigint, add column standing boolean not null default true;
update traits set identity_id = customer_id;
alter table traits alter column identity_id set not null, drop constraint traits_pkey, add primary key (identity_id, trait);
create index traits_customer on traits (customer_id);

alter table personal_fields add column identity_id bigint, add column standing boolean not null default true;
update personal_fields set identity_id = customer_id;
alter table personal_fields alter column identity_id set not null, drop constraint personal_fields_pkey, add primary key (identity_id, field);
create index personal_fields_customer on personal_fields (customer_id);

create or replace view reachable_customers as
select customer_id, 'email' as channel, address_hash from personal_fields where field = 'email' and address_hash is not null and standing;
