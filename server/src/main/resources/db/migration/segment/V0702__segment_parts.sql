-- The segments a version's rule names, themselves or through others, with their versions at that moment: {"5": 2}.
-- Null in versions kept before; their parts stand with their present rules.
alter table segment_versions add column parts jsonb;
