"""Facts, measures and plans as Delta tables, and the two engines that query them."""
