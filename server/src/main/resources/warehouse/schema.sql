-- The tables of the history. Documented for users in docs/warehouse.md; TIMESTAMP is UTC to the microsecond.
create table if not exists batches (table_name varchar not null, batch_id varchar not null, row_count bigint not null, primary key (table_name, batch_id));

-- one row: the installation this history belongs to; PostgreSQL has the same one
create table if not exists installation (id varchar not null, key_fingerprint varchar not null);

-- one row per accepted event, in the order of the log (seq has no gaps)
create table if not exists events (
    seq bigint not null, received_at timestamp not null, occurred_at timestamp not null, source_id integer not null, import_id bigint,
    type varchar not null, name varchar, customer_id bigint not null, aliases varchar, message_id varchar not null,
    amount decimal(18, 4), properties varchar, context varchar);

-- one row per order as it was placed
create table if not exists orders (
    order_id varchar not null, customer_id bigint not null, ordered_at timestamp not null, currency varchar not null, gross decimal(18, 4) not null,
    discount decimal(18, 4) not null, coupon varchar, source_id integer not null, import_id bigint, seq bigint not null);

-- one row per line of an order, a refund or a cancellation; refunds and cancellations have a negative amount
create table if not exists order_lines (
    order_id varchar not null, line_no integer not null, customer_id bigint not null, occurred_at timestamp not null, kind varchar not null,
    product_id varchar, product_name varchar, category varchar, quantity decimal(18, 4) not null, unit_price decimal(18, 4) not null,
    amount decimal(18, 4) not null, source_id integer not null, import_id bigint, seq bigint not null);

-- one row per distinct line of an imported file that an earlier import had brought: how often the file has it. When the earlier one is undone, the line is this one's
create table if not exists order_lines_repeated (
    import_id bigint not null, order_id varchar not null, customer_id bigint not null, occurred_at timestamp not null, kind varchar not null,
    product_id varchar not null, product_name varchar not null, category varchar not null, quantity decimal(18, 4) not null,
    unit_price decimal(18, 4) not null, currency varchar not null, lines bigint not null);
alter table order_lines_repeated add column if not exists aliases varchar;

-- one row per order that an imported line, taken back under a number of its own, was found to be about, and per rest of such a line without an order;
-- the rows of a line with the highest allocation count
create table if not exists credit_allocations (
    allocation bigint not null, seq bigint not null, line_no integer not null, order_id varchar not null, customer_id bigint not null,
    occurred_at timestamp not null, kind varchar not null, of_order varchar, reason varchar, quantity decimal(18, 4) not null, amount decimal(18, 4) not null,
    import_id bigint);

-- one row per row of a file of products: what it says of one from a time on; a text that is empty says nothing
create table if not exists product_changes (
    product_id varchar not null, product_name varchar not null, category varchar not null, price decimal(18, 4), cost decimal(18, 4),
    currency varchar not null, valid_from timestamp not null, import_id bigint not null, row_no bigint not null);

-- one row per row of a file of costs; row_id and who told of it stand where rows have ids of their own
create table if not exists costs (
    day date not null, channel varchar not null, campaign varchar not null, amount decimal(18, 4) not null, currency varchar not null,
    import_id bigint not null, row_no bigint not null, row_id varchar, told_by varchar);
alter table costs add column if not exists row_id varchar;
alter table costs add column if not exists told_by varchar;

-- one row per import that was undone
create table if not exists imports_undone (import_id bigint not null, undone_at timestamp not null);

-- one row per alias that was found to be (or no longer to be: customer_id = alias_id) another customer
create table if not exists identity_changes (alias_id bigint not null, customer_id bigint not null, valid_from timestamp not null, evidence varchar not null, seq bigint not null);

-- one row per change of what one source says of one trait of one customer; value is a JSON scalar, null when removed. Where only one source speaks of a person, what it repeats is not told
create table if not exists trait_changes (customer_id bigint not null, trait varchar not null, value varchar, valid_from timestamp not null, seq bigint not null, source_id integer);
alter table trait_changes add column if not exists source_id integer;

-- one row per version of a conflict rule and source it ranks; a version that takes the rule away has one row without a source. The latest version of a trait is in force
create table if not exists trait_rules (version bigint not null, trait varchar not null, source_id integer, source_rank integer, valid_from timestamp not null);

-- one row per change of one tag of one customer; value is a JSON scalar, null when the customer has it no more; of changes at one instant the one with the highest seq stands
create table if not exists tag_changes (customer_id bigint not null, tag varchar not null, value varchar, valid_from timestamp not null, version integer not null, seq bigint not null);

-- one row per change of one permission
create table if not exists consent_changes (customer_id bigint not null, purpose varchar not null, channel varchar not null, granted boolean not null, source varchar not null, valid_from timestamp not null, seq bigint not null, topic varchar, wording varchar);
alter table consent_changes add column if not exists topic varchar;
alter table consent_changes add column if not exists wording varchar;

-- one row per change of a customer's value tier
create table if not exists tier_changes (
    customer_id bigint not null, tier varchar not null, value_group varchar not null, recency_score integer not null, frequency_score integer not null,
    amount_score integer not null, loyalty_score integer not null, valid_from timestamp not null);

-- one row per change of a customer's life-cycle stage
create table if not exists stage_changes (customer_id bigint not null, stage varchar not null, valid_from timestamp not null);

-- one row per change of one score of one customer
create table if not exists score_changes (customer_id bigint not null, score varchar not null, value double not null, model_version varchar not null, valid_from timestamp not null);

-- one row per audience member per run: the decision ledger
create table if not exists decisions (
    decision_id bigint not null, run_id bigint not null, campaign_id bigint not null, customer_id bigint not null, eligible boolean not null, reason varchar,
    arm varchar, probability double, salt varchar not null, action varchar not null, action_reason varchar, channel varchar, offer_id bigint,
    planned_at timestamp, expected_value double, model_versions varchar, decided_at timestamp not null);

-- one row per decision of a run whose window has closed: what the person it was about when it was recorded had done. A person of several decisions counts
-- in the row of one of them, counted_decision_id; rows of versions that did not write it have whom that person went by as their customer_id
create table if not exists outcomes (
    decision_id bigint not null, run_id bigint not null, campaign_id bigint not null, customer_id bigint not null, arm varchar not null,
    window_from timestamp not null, window_to timestamp not null, converted boolean not null, orders integer not null, gross decimal(18, 4) not null,
    refunds decimal(18, 4) not null, discount decimal(18, 4) not null, offer_cost decimal(18, 4) not null, message_cost decimal(18, 4) not null,
    net_revenue decimal(18, 4) not null, attributed_orders integer not null, attributed_revenue decimal(18, 4) not null, recorded_at timestamp not null,
    first_order_at timestamp, counted_decision_id bigint, contaminated boolean);
alter table outcomes add column if not exists first_order_at timestamp;
alter table outcomes add column if not exists counted_decision_id bigint;
alter table outcomes add column if not exists contaminated boolean;

-- one row per change of state of one message
create table if not exists messages (
    message_id bigint not null, decision_id bigint not null, run_id bigint not null, campaign_id bigint not null, customer_id bigint not null,
    channel varchar not null, state varchar not null, reason varchar, changed_at timestamp not null, detail varchar);

-- one row per customer, event name, day and roll-up batch: sums over it are the daily roll-up
create table if not exists event_days (customer_id bigint not null, name varchar not null, day date not null, events bigint not null, amount decimal(18, 4), import_id bigint, to_seq bigint not null);
