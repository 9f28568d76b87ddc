"""Everything that runs without a cloud: the plan recorded offline, and the local run that realises it."""
