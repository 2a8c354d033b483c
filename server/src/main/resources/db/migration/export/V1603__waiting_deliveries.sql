-- events that were not written down for a webhook because too many waited or were given up already
alter table webhooks add column left_out bigint not null default 0;
alter table webhooks add column left_out_at timestamptz;
-- since when it waits anew
alter table webhook_deliveries add column replayed_at timestamptz;
create index webhook_deliveries_undelivered on webhook_deliveries (webhook_id) where state <> 'delivered';
