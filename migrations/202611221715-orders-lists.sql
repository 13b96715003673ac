-- The list of orders reads a page from an index in its own order, whichever filter stands before it.
create index orders_store_time on orders (store_id, occurred_at) where store_id is not null;
create index orders_source_time on orders (source, occurred_at);
-- most orders end in one state: only the others are looked for by it
create index orders_status_time on orders (status, occurred_at) where status <> 'completed';
