"""The privacy kernel: pure rules on values, readable in a day, depending on nothing of Vigie."""
