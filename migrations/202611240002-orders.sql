-- lines lie in the order in which they were recorded, and so do the numbers of their orders: a few bytes for every
-- megabyte find those of the last days, whatever the history, and writing an order costs nothing more
create index order_lines_recorded on order_lines using brin (order_id) with (pages_per_range = 64);
