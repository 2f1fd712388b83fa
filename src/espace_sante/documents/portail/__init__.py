"""What a professional deposits from the web portal: what he says of it, his file, the CDA made of both (rule DOC-11)."""
