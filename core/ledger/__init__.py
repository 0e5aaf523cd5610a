"""An append-only log that others can check: RFC 6962 trees in C2SP tlog-tiles form, with signed checkpoints."""
