-- Fails the statement, and with it the transaction, of a run whose import is somebody else's by now: a chunk's last word
-- can then leave with its commit, and nobody need wait for the answer with the row of all lanes locked.
create function import_is_ours(is_ours boolean) returns boolean
language plpgsql
as $$ begin
  if is_ours then return true; end if;
  raise exception using errcode = 'IM001', message = 'this import belongs to another run';
end $$;
