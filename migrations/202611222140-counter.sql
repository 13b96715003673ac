-- [{card_definition_id, amount_minor, returned_minor}]: what of the bill stored value paid, and what of that went back
alter table till_sales add column payments jsonb not null default '[]';
