"""Anthropic's Messages interface: requests, streams, and answers that were paused."""
