-- For other modules: the texts that stand in customers' traits, a row each.
create view customer_words as
select customer_id, trait, value #>> '{}' as value from traits where standing and jsonb_typeof(value) = 'string';
