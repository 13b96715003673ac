-- no question goes by this day: segments ask how long ago it was, reports read every row
drop index member_statistics_last;
