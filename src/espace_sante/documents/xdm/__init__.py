"""Documents in a ZIP with their metadata: IHE XDM archives, written and read (rules XDM-01 to XDM-09, XDM-18)."""
