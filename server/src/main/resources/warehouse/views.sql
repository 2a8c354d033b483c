-- The views of the history: each under today's identity map, without undone imports.
-- One scalar of a JSON text, as text; null when it is missing or null. Each engine has its own function for it.
create or replace macro json_text(document, path) as json_extract_string(document, path);
-- A text as a JSON scalar; null of null.
create or replace macro json_scalar(words) as case when words is null then null else cast(to_json(cast(words as varchar)) as varchar) end;
-- A number as one; null when it is none. Whole numbers are written as such.
create or replace macro json_number(number) as case when not isfinite(number) then null
    when number = trunc(number) and abs(number) < 1e15 then cast(cast(number as bigint) as varchar) else cast(to_json(number) as varchar) end;
-- The day of an instant in a time zone, and the number of days from one day to another.
create or replace macro local_day(moment, zone) as cast(timezone(zone, timezone('UTC', moment)) as date);
create or replace macro days_between(first_day, last_day) as date_diff('day', first_day, last_day);

-- one row per alias: whom it belongs to today
create or replace view identity_now as
select alias_id, customer_id from identity_changes
qualify row_number() over (partition by alias_id order by seq desc, valid_from desc) = 1;

-- whether a customer did it: what this product (source 1) tells of its own doing, such as a delivery, is nobody's act, nor is what an earlier
-- system sent; LoggedEvent.isByCustomer says the same
create or replace macro by_customer(source_id, name) as case
    when source_id = 1 then coalesce(name like '% Opened' or name like '% Link Clicked' or name in ('Unsubscribed', 'Email Marked as Spam'), false)
    else coalesce(name not in ('Earlier Message Sent', 'Earlier Message Delivered', 'Earlier Message Bounced'), true) end;

-- one row per event
create or replace view events_now as
select e.seq, e.received_at, e.occurred_at, e.source_id, e.import_id, e.type, e.name, coalesce(i.customer_id, e.customer_id) as customer_id,
    e.message_id, e.amount, e.properties, e.context, by_customer(e.source_id, e.name) as by_customer
from events e left join identity_now i on i.alias_id = e.customer_id
where e.import_id is null or e.import_id not in (select import_id from imports_undone);

-- one row per line of an order, a refund or a cancellation
create or replace view order_lines_now as
select l.order_id, l.line_no, coalesce(i.customer_id, l.customer_id) as customer_id, l.occurred_at, l.kind, l.product_id, l.product_name, l.category,
    l.quantity, l.unit_price, l.amount, l.source_id, l.import_id, l.seq
from order_lines l left join identity_now i on i.alias_id = l.customer_id
where l.import_id is null or l.import_id not in (select import_id from imports_undone);

-- one row per order that a line taken back under a number of its own was found to be about, and per rest of such a line without an order (reason)
create or replace view credits_now as
select a.seq, a.line_no, a.order_id, coalesce(i.customer_id, a.customer_id) as customer_id, a.occurred_at, a.kind, a.of_order, a.reason, a.quantity,
    a.amount, a.import_id
from (select * from credit_allocations qualify allocation = max(allocation) over (partition by seq, line_no)) a
left join identity_now i on i.alias_id = a.customer_id
where a.reason is distinct from 'order_known' and (a.import_id is null or a.import_id not in (select import_id from imports_undone));

-- one row per line that changed an order after it was placed: added to it or took back of it, under the order's number or under one of its own
create or replace view order_changes_now as
select order_id, kind, occurred_at, amount, seq from order_lines
where kind <> 'sale' and (import_id is null or import_id not in (select import_id from imports_undone))
union all
select of_order as order_id, kind, occurred_at, amount, seq from (
    select * from credit_allocations qualify allocation = max(allocation) over (partition by seq, line_no)) a
where of_order is not null and (import_id is null or import_id not in (select import_id from imports_undone));

-- one row per order: gross as placed and added to, what was taken back since, and net = gross - discount - refunded
create or replace view orders_now as
with later as (
    select order_id, coalesce(sum(amount) filter (where kind = 'addition'), 0) as added, coalesce(-sum(amount) filter (where kind <> 'addition'), 0) as refunded
    from order_changes_now group by order_id)
select o.order_id, coalesce(i.customer_id, o.customer_id) as customer_id, o.ordered_at, o.currency, o.gross + coalesce(l.added, 0) as gross, o.discount,
    coalesce(l.refunded, 0) as refunded, o.gross + coalesce(l.added, 0) - o.discount - coalesce(l.refunded, 0) as net, o.coupon, o.source_id, o.import_id, o.seq
from orders o left join identity_now i on i.alias_id = o.customer_id left join later l on l.order_id = o.order_id
where o.import_id is null or o.import_id not in (select import_id from imports_undone);

-- one row per trait and source a conflict rule in force ranks
create or replace view trait_rules_now as
select version, trait, source_id, source_rank, valid_from from (
    select * from trait_rules qualify version = max(version) over (partition by trait)) latest
where source_id is not null;

-- one row per word the history has of a trait: which source said what of whom
create or replace view trait_words_now as
select coalesce(i.customer_id, t.customer_id) as customer_id, t.trait, t.value, t.valid_from, t.seq, t.source_id
from trait_changes t left join identity_now i on i.alias_id = t.customer_id
where not exists (
    select 1 from events e
    where e.seq = t.seq and e.customer_id = t.customer_id and e.import_id in (select import_id from imports_undone));

-- one row per customer and trait that has a value: what was said last, or what the trait's conflict rule chooses
create or replace view traits_now as
select customer_id, trait, value, valid_from from (
    select customer_id, trait, value, valid_from from trait_words_now
    where trait not in (select trait from trait_rules_now)
    qualify row_number() over (partition by customer_id, trait order by valid_from desc, seq desc) = 1) latest
where value is not null
union all
select customer_id, trait, value, valid_from from (
    select w.customer_id, w.trait, w.value, w.valid_from, coalesce(r.source_rank, 1000000) as place
    from trait_words_now w left join trait_rules_now r on r.trait = w.trait and r.source_id = w.source_id
    where w.trait in (select trait from trait_rules_now) and w.source_id is not null
    qualify row_number() over (
        partition by w.customer_id, w.trait, coalesce(r.source_rank, 1000000) order by w.valid_from desc, w.seq desc) = 1) ranked
where value is not null
qualify row_number() over (partition by customer_id, trait order by place) = 1;

-- one row per customer and tag that the customer has
create or replace view tags_now as
select * from (
    select coalesce(i.customer_id, t.customer_id) as customer_id, t.tag, t.value, t.valid_from, t.version, t.seq
    from tag_changes t left join identity_now i on i.alias_id = t.customer_id
    qualify row_number() over (partition by coalesce(i.customer_id, t.customer_id), t.tag order by t.valid_from desc, t.seq desc) = 1) latest
where value is not null;

-- one row per customer, purpose, channel and topic
create or replace view consent_now as
select coalesce(i.customer_id, c.customer_id) as customer_id, c.purpose, c.channel, c.granted, c.source, c.valid_from, c.topic, c.wording
from consent_changes c left join identity_now i on i.alias_id = c.customer_id
qualify row_number() over (partition by coalesce(i.customer_id, c.customer_id), c.purpose, c.channel, coalesce(c.topic, '') order by c.valid_from desc, c.seq desc) = 1;

-- one row per customer
create or replace view tiers_now as
select coalesce(i.customer_id, t.customer_id) as customer_id, t.tier, t.value_group, t.recency_score, t.frequency_score, t.amount_score, t.loyalty_score, t.valid_from
from tier_changes t left join identity_now i on i.alias_id = t.customer_id
qualify row_number() over (partition by coalesce(i.customer_id, t.customer_id) order by t.valid_from desc) = 1;

-- one row per customer
create or replace view stages_now as
select coalesce(i.customer_id, s.customer_id) as customer_id, s.stage, s.valid_from
from stage_changes s left join identity_now i on i.alias_id = s.customer_id
qualify row_number() over (partition by coalesce(i.customer_id, s.customer_id) order by s.valid_from desc) = 1;

-- one row per customer and score
create or replace view scores_now as
select coalesce(i.customer_id, s.customer_id) as customer_id, s.score, s.value, s.model_version, s.valid_from
from score_changes s left join identity_now i on i.alias_id = s.customer_id
qualify row_number() over (partition by coalesce(i.customer_id, s.customer_id), s.score order by s.valid_from desc) = 1;

-- one row per audience member per run
create or replace view decisions_now as
select d.decision_id, d.run_id, d.campaign_id, coalesce(i.customer_id, d.customer_id) as customer_id, d.eligible, d.reason, d.arm, d.probability, d.salt, d.action, d.action_reason, d.channel, d.offer_id, d.planned_at, d.expected_value, d.model_versions, d.decided_at
from decisions d left join identity_now i on i.alias_id = d.customer_id;

-- one row per run and person who could be drawn: the first assignment (the earlier decision; in one moment the one under the id the person goes by
-- today, else the smaller decision id, which is a hash), and whether merged identities had been drawn for different arms
create or replace view assignments_now as
select run_id, campaign_id, customer_id, decision_id, arm, decided_at, contaminated from (
    select d.run_id, d.campaign_id, coalesce(i.customer_id, d.customer_id) as customer_id, d.decision_id, d.arm, d.decided_at,
        min(d.arm) over (partition by d.run_id, coalesce(i.customer_id, d.customer_id))
            <> max(d.arm) over (partition by d.run_id, coalesce(i.customer_id, d.customer_id)) as contaminated,
        row_number() over (partition by d.run_id, coalesce(i.customer_id, d.customer_id)
            order by d.decided_at, case when i.customer_id is null or i.customer_id = d.customer_id then 0 else 1 end, d.decision_id) as place
    from decisions d left join identity_now i on i.alias_id = d.customer_id where d.eligible) drawn
where place = 1;

-- one row per decision of a closed run. Under which decision a person counts, and whether they are contaminated, is as it was when the outcomes were recorded,
-- whatever was merged or un-merged since; of rows that were written without it that follows from their customer_id, whom the person went by then
create or replace view outcomes_now as
with unwritten as (
    select o.run_id, o.decision_id, d.customer_id,
        first_value(o.decision_id) over (partition by o.run_id, o.customer_id
            order by d.decided_at, case when d.customer_id = o.customer_id then 0 else 1 end, o.decision_id) as counted_decision_id,
        min(o.arm) over (partition by o.run_id, o.customer_id) <> max(o.arm) over (partition by o.run_id, o.customer_id) as contaminated
    from outcomes o left join decisions d on d.run_id = o.run_id and d.decision_id = o.decision_id where o.counted_decision_id is null)
select o.decision_id, o.run_id, o.campaign_id, coalesce(i.customer_id, u.customer_id, o.customer_id) as customer_id, o.arm, o.window_from, o.window_to, o.converted, o.orders, o.gross, o.refunds, o.discount, o.offer_cost, o.message_cost, o.net_revenue, o.attributed_orders, o.attributed_revenue, o.recorded_at, o.first_order_at,
    coalesce(o.counted_decision_id, u.counted_decision_id) as counted_decision_id, coalesce(o.contaminated, u.contaminated) as contaminated
from outcomes o left join unwritten u on u.run_id = o.run_id and u.decision_id = o.decision_id
left join identity_now i on i.alias_id = coalesce(u.customer_id, o.customer_id);

-- one row per message: its latest state
create or replace view messages_now as
select m.message_id, m.decision_id, m.run_id, m.campaign_id, coalesce(i.customer_id, m.customer_id) as customer_id, m.channel, m.state, m.reason, m.changed_at, m.detail
from messages m left join identity_now i on i.alias_id = m.customer_id
qualify row_number() over (partition by m.message_id order by m.changed_at desc, case m.state when 'ready' then 0 when 'sending' then 1 when 'deferred' then 2 when 'in_doubt' then 3 else 4 end desc) = 1;

-- one row per customer, event name and day
create or replace view event_days_now as
select coalesce(i.customer_id, d.customer_id) as customer_id, d.name, d.day, sum(d.events) as events, sum(d.amount) as amount
from event_days d left join identity_now i on i.alias_id = d.customer_id
where d.import_id is null or d.import_id not in (select import_id from imports_undone)
group by coalesce(i.customer_id, d.customer_id), d.name, d.day;

-- one row per product: what was said of it last, each of name, category, price and cost by itself
create or replace view products_now as
select product_id, max_by(product_name, place) filter (where product_name <> '') as product_name,
    max_by(category, place) filter (where category <> '') as category, max_by(price, place) filter (where price is not null) as price,
    max_by(cost, place) filter (where cost is not null) as cost, max_by(currency, place) as currency, max(valid_from) as valid_from
from (select *, row_number() over (partition by product_id order by valid_from, import_id, row_no) as place from product_changes
    where import_id not in (select import_id from imports_undone)) standing
group by product_id;

-- one row per row of costs that holds: of a day, channel and campaign those of whoever told of them last, which is one import or,
-- where rows have ids, one origin with the last word on each of its rows; a word that only repeats the one before it was told then
create or replace view costs_now as
select day, channel, campaign, amount, currency, import_id, row_no, row_id from (
    select *, max(since) over (partition by day, channel, campaign) as latest,
        max(since) over (partition by day, channel, campaign, teller) as latest_of_teller
    from (select *, coalesce(told_by, 'import ' || import_id) as teller,
            case when row_id is null then import_id else max(begun) over (partition by told_by, row_id) end as since
        from (select *, case when coalesce(lag(day) over words = day and lag(channel) over words = channel
                and lag(campaign) over words = campaign and lag(amount) over words = amount
                and lag(currency) over words = currency, false) then null else import_id end as begun
            from costs where import_id not in (select import_id from imports_undone)
            window words as (partition by told_by, row_id order by import_id, row_no)) standing
        qualify row_id is null or row_number() over (partition by told_by, row_id order by import_id desc, row_no desc) = 1) words) told
where latest_of_teller = latest;
