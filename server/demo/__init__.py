"""One story to look at: a network of sixty members with a past, a present and plans.

Loaded only into a database without people. Everybody lives at example.org and nobody is mailed.
"""
