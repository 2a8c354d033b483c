-- The version of the segment's rule the baseline was measured by; null in objectives made before: the present one.
alter table objectives add column segment_version integer;
-- The objective as it was at approval; null in campaigns approved before.
alter table campaigns add column objective jsonb;
