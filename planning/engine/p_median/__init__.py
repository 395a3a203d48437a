"""The p-median (Hakimi 1964): the least weighted travel to the nearest of p sites."""
