-- The record's place in its partition: unique, rising, and set by no producer.
ALTER TABLE `fd.SAMPLE.USER_TRANSACTION` ADD (`offset` BIGINT METADATA VIRTUAL);
