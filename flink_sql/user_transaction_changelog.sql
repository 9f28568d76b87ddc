-- Payments are never updated: read the change events as an append stream, which OVER windows need.
ALTER TABLE `fd.SAMPLE.USER_TRANSACTION` SET ('changelog.mode' = 'append');
