"""Messages that carry documents, in the form of MSSanté: written, read, answered (XDM-10 to XDM-17)."""
