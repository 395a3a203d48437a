"""The p-center (Hakimi 1964): the least of the longest travels to the nearest of p sites."""
