-- Whom a customer brought is asked by the user id in these traits.
create index traits_referrer on traits (value) where trait in ('referredBy', 'referred_by', 'referrer');
