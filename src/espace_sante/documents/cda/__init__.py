"""Clinical documents (CDA R2, CI-SIS): reading, checks, metadata, safe display (rules CDA-01 to CDA-39).

Nothing here touches a database or the network, and the received bytes are never changed (CDA-09).
"""
