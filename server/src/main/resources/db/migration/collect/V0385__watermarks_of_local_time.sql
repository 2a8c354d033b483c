-- of which kind the watermark's column is, as the database said; null when it was not asked since
alter table pulls add column watermark_kind text;
update pulls set watermark_kind = 'local_time'
where watermark ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+$';
-- What was so by default lost the rows of the hour that comes twice.
update pulls set overlap = 3900 where watermark_kind = 'local_time' and overlap = 600;
