"""The conformance run of a publisher's software, judged from the traces of its real calls (rule OID-34)."""
