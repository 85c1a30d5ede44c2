"""How long the pages' queries take with a million uploads, against a thousand."""
