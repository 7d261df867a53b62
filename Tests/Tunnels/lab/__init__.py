"""Two hosts and a router between them, in network namespaces of this machine, and what runs there."""
