"""Issues of newsletters: written, tested, approved by a second person, sent, kept in an archive."""
