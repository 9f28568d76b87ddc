-- The previous password works for one more day. Passwords never expire, which would stop the stream after 180 days.
CREATE PROFILE &profile LIMIT PASSWORD_ROLLOVER_TIME 1 PASSWORD_LIFE_TIME UNLIMITED CONTAINER = ALL;
