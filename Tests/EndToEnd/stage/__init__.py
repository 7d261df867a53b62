"""The stage on which the program plays: the processes around it, and the people who visit it."""
