"""The directory: psychologists who let themselves be found."""
