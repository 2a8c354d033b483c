-- The reason of an erasure for inactivity: nobody had seen the person at this time or later. Null: there is another one.
alter table erasures add column seen_before timestamptz;
