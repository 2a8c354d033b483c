-- How many codes of its offer an approved campaign needs: as forecast at approval, from its launch on as drawn.
alter table campaigns add column codes_promised bigint;
update campaigns set codes_promised = (forecast ->> 'toSend')::bigint
where offer_id is not null and state in ('approved', 'running');
-- Which campaign a code was given out by.
alter table coupons add column campaign_id bigint;
create index coupons_of_campaign on coupons (campaign_id) where campaign_id is not null;
create index campaigns_promising on campaigns (offer_id) where state in ('approved', 'running');
-- Codes given out by an earlier release: their messages tell by which campaign. A new database has no messages yet.
do $$
begin
    if to_regclass('messages') is not null then
        update coupons c set campaign_id = m.campaign_id from messages m where m.message_id = c.message_id;
    end if;
end $$;
