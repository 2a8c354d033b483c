-- What a campaign changed, from the warehouse alone: one row per campaign whose window has closed.
-- The difference of the shares that bought, everybody assigned to be written to against everybody held out, with its
-- 95 % interval (unpooled standard error), and the difference in net revenue per customer. Customers who were one person when
-- the outcomes were recorded count once, in the arm of the first assignment.
with person as (select * from outcomes_now where decision_id = counted_decision_id),
arms as (
    select campaign_id,
        count(*) filter (where arm = 'treatment') as treated,
        count(*) filter (where arm = 'holdout') as held_out,
        avg(case when converted then 1.0 else 0.0 end) filter (where arm = 'treatment') as share_treated,
        avg(case when converted then 1.0 else 0.0 end) filter (where arm = 'holdout') as share_held_out,
        avg(cast(net_revenue as double)) filter (where arm = 'treatment') as revenue_treated,
        avg(cast(net_revenue as double)) filter (where arm = 'holdout') as revenue_held_out
    from person group by campaign_id)
select campaign_id, treated, held_out, share_treated - share_held_out as lift,
    share_treated - share_held_out - 1.959964 * sqrt(share_treated * (1 - share_treated) / treated
        + share_held_out * (1 - share_held_out) / held_out) as low,
    share_treated - share_held_out + 1.959964 * sqrt(share_treated * (1 - share_treated) / treated
        + share_held_out * (1 - share_held_out) / held_out) as high,
    revenue_treated - revenue_held_out as net_revenue_per_customer
from arms order by campaign_id;

-- Who was drawn for which arm, drawn again: no row means that every assignment is as published.
select decision_id, arm from decisions
where arm is not null and (arm = 'holdout') <> (
    cast('0x' || substr(sha256(salt || ':' || customer_id), 1, 13) as bigint) / 4503599627370496.0
        < case when arm = 'holdout' then probability else 1 - probability end);
