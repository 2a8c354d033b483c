-- Rises with every change after which a run that has begun would make what nobody asks for any more.
alter table exports add generation bigint not null default 0;

-- What an export has put where its files go; one row per file.
create table export_files (
    export_id bigint not null references exports on delete cascade,
    -- with slashes between folders, the export's own first
    name text not null,
    -- what of personal data stands in the file that is there
    personal text not null check (personal in ('none', 'masked', 'clear')),
    primary key (export_id, name)
);

-- Of files made before, nobody knows how profiles were written.
insert into export_files
select id, name || '/' || one || '/' || one || case form when 'csv' then '.csv.gz' else '.parquet' end,
    case one when 'profiles' then 'clear' else 'none' end
from exports, unnest(data) one
where one in ('profiles', 'orders', 'order_lines', 'consents', 'identities')
    and exists (select from export_runs where export_id = exports.id);
insert into export_files
select id, name || '/' || d.data || '/day=' || d.day || '/' || d.data || case form when 'csv' then '.csv.gz' else '.parquet' end, 'none'
from exports join export_days d on d.export_id = exports.id;

-- Buckets in which files stand that no export makes any more, until they are deleted there.
create table export_leftovers (
    id bigint generated always as identity primary key,
    export_id bigint not null,
    export_name text not null,
    s3_endpoint text not null,
    s3_region text not null,
    s3_bucket text not null,
    s3_prefix text not null,
    s3_access_key text not null,
    sealed_s3_secret bytea not null,
    since timestamptz not null,
    tried_at timestamptz,
    -- why they could not be deleted when that was tried last
    failure text
);
create table export_leftover_files (
    leftover_id bigint not null references export_leftovers on delete cascade,
    name text not null,
    primary key (leftover_id, name)
);
