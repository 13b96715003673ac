-- how many come in by a provider is asked without a look at every phone and e-mail
create index member_identities_account on member_identities (kind) where kind like 'account:%';
