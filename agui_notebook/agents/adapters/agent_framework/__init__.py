"""Agent Framework, through Microsoft's AG-UI package or the agent's own stream."""
