-- For how many codes an offer's budget pays if every one is used: an amount off and the cost per use, each.
alter table offers add column affordable bigint generated always as (
    floor(budget / nullif(cost_per_use + case kind when 'amount' then value else 0 end, 0))::bigint) stored;
-- One behind the other among the codes of an offer; its budget pays for those up to a place.
alter table coupons add column place bigint;
update coupons c set place = n.place
from (select id, row_number() over (partition by offer_id order by id) as place from coupons) n where n.id = c.id;
alter table coupons alter column place set not null;
drop index coupons_free;
-- Free codes are found in order without looking at the used ones.
create index coupons_free on coupons (offer_id, place) where message_id is null;
create unique index coupons_place on coupons (offer_id, place);
