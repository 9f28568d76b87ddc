-- Rules read payments in the order of arrival: offsets have no ties and never fall, so no row is late and none waits for
-- the next one.
ALTER TABLE `fd.SAMPLE.USER_TRANSACTION` MODIFY WATERMARK FOR `seq` AS `seq`;
