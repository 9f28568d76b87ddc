-- Rules run on when a payment was made, not on when it reached Kafka. No tolerance: a delay would hold a lone payment
-- back until a later one arrives.
ALTER TABLE `fd.SAMPLE.USER_TRANSACTION` MODIFY WATERMARK FOR `RECEIVED_AT` AS `RECEIVED_AT`;
