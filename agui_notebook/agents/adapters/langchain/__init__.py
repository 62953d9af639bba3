"""LangChain's chat models and runnables: how one is asked, and how what it yields is read."""
