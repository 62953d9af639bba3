"""The page a chat is shown in: the files of its front end, and the comm that leads to it."""
