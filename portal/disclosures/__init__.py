"""What the public reads: lists, records, their history, companies; as they are now and as they were on a day."""
