"""What departments see: the queue and the case."""
