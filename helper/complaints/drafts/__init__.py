"""From facts to the right words: documents as data, sentences with their proof, versions."""
