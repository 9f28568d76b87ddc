-- The order of arrival as a time attribute, one millisecond a record. It begins at 1: a row at time 0 would be late.
ALTER TABLE `{{ topic }}` ADD (`seq` AS TO_TIMESTAMP_LTZ(`offset` + 1, 3));
