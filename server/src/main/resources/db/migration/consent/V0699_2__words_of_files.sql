-- What a file's statement counts for depends on what its source said before. When an import is undone the others are weighed
-- anew: so those are kept too that count for nothing, because they repeat what was said or are older than it (weight none).
alter table consent_sayings add column is_statement boolean not null default false;
