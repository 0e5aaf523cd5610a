"""Where the postings live: one protocol, a store a database."""
