-- The record's place in its partition: unique, rising, and set by no producer.
ALTER TABLE `{{ topic }}` ADD (`offset` BIGINT METADATA VIRTUAL);
