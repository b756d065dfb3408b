"""`make bench`: the product beside a bare application in one run. Prints ratios, fails nothing."""
