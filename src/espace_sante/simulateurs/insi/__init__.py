from espace_sante.simulateurs.garde import exiger_local

exiger_local()
