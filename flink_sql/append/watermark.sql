-- Rows are read in the order of arrival: offsets have no ties and never fall, so no row is late and none waits for the
-- next one.
ALTER TABLE `{{ topic }}` MODIFY WATERMARK FOR `seq` AS `seq`;
