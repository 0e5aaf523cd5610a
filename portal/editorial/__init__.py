"""The desk of those who publish: the board, drafts, redaction, review, consultation."""
