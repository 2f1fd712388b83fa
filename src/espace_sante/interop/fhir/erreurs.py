"""Every finding and error of the FHIR door: code, HTTP status, FHIR issue type, French text.

The table is the code system `[base]/CodeSystem/erreur-mes` (FHR-08). Texts never hold a value that
was sent (FHR-09). `statut` is that of ITI-65 and reads; ITI-105 turns 400 of a profile into 422 (FHR-93).
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from espace_sante.interop.fhir.constats import SYSTEME_ERREUR, FamilleErreurs


class Erreur(FamilleErreurs):
    """(code, HTTP status, FHIR issue type, French text with named fields)."""

    # fmt: off
    # Format and structure
    JSON_ILLISIBLE = ("json-illisible", 400, "structure", "Le corps de la requête n’est pas du JSON lisible.")
    UTF8_INVALIDE = ("utf8-invalide", 400, "structure", "Le corps de la requête n’est pas du texte UTF-8.")
    TROP_PROFOND = ("json-trop-profond", 400, "structure", "La ressource est imbriquée trop profondément.")
    XML_ILLISIBLE = ("xml-illisible", 400, "structure", "Le corps de la requête n’est pas du XML lisible.")
    XML_DTD = ("xml-dtd", 400, "structure", "Un DOCTYPE n’est pas admis dans le XML.")
    ORDRE = ("ordre-des-elements", 400, "structure", "Cet élément n’est pas à sa place dans l’ordre de FHIR R4.")
    TEXTE_INATTENDU = ("texte-inattendu", 400, "structure", "Du texte se trouve hors de tout attribut « value ».")
    CLE_EN_DOUBLE = (
        "cle-en-double", 400, "structure",
        "La clé « {cle} » est donnée deux fois dans le même objet.")
    METADONNEES_TROP_GRANDES = (
        "metadonnees-trop-grandes", 413, "too-long",
        "La requête sans ses contenus dépasse {maximum} octets.")
    VALEUR_VIDE = (
        "valeur-vide", 400, "structure",
        "Un objet, une liste ou un texte vide, ou null, n’est pas admis.")
    CARACTERE_INTERDIT = (
        "caractere-interdit", 400, "invalid",
        "Un texte contient un caractère de contrôle interdit.")
    ELEMENT_INCONNU = (
        "element-inconnu", 400, "structure",
        "Cet élément n’existe pas dans la ressource FHIR R4.")
    TYPE_INVALIDE = (
        "type-invalide", 400, "structure",
        "La valeur n’est pas du type attendu pour cet élément.")
    RESSOURCE_INATTENDUE = (
        "ressource-inattendue", 400, "structure",
        "Ce type de ressource n’est pas admis à cet endroit.")
    BASE64_INVALIDE = ("base64-invalide", 400, "invalid", "Le contenu n’est pas du base64 valide.")
    # Bundle and entries
    BUNDLE_TYPE = ("bundle-type", 400, "invalid", "Le lot doit être un Bundle de type transaction.")
    PROFIL_INCONNU = (
        "profil-inconnu", 400, "not-supported",
        "Le Bundle ne déclare aucun profil de dépôt reconnu (PDSm ou MHD).")
    METHODE_ENTREE = (
        "methode-entree", 400, "not-supported",
        "Cette méthode n’est pas admise pour cette entrée du lot.")
    LOT_ABSENT = ("lot-absent", 400, "required", "Le Bundle doit contenir une List « submissionset ».")
    LOT_MULTIPLE = ("lot-multiple", 400, "invalid", "Le Bundle contient plus d’une List « submissionset ».")
    DOCUMENT_ABSENT = ("document-absent", 400, "required", "Le Bundle ne contient aucun DocumentReference.")
    TROP_DE_DOCUMENTS = (
        "trop-de-documents", 413, "too-costly",
        "Un lot contient au plus {maximum} documents.")
    PATIENT_MULTIPLE = ("patient-multiple", 400, "invalid", "Le Bundle contient plus d’un Patient.")
    FULLURL_ABSENT = ("fullurl-absent", 400, "required", "Cette entrée doit avoir un fullUrl.")
    FULLURL_EN_DOUBLE = ("fullurl-en-double", 400, "duplicate", "Deux entrées ont le même fullUrl.")
    REFERENCE_NON_RESOLUE = (
        "reference-non-resolue", 400, "not-found",
        "La référence ne désigne rien dans la requête.")
    CONTENU_NON_REFERENCE = (
        "contenu-non-reference", 400, "invalid",
        "Aucun DocumentReference n’utilise ce contenu.")
    CONTENU_PARTAGE = ("contenu-partage", 400, "invalid", "Deux documents désignent le même contenu.")
    DOCUMENT_HORS_LOT = ("document-hors-lot", 400, "invalid", "La List du lot ne cite pas ce document.")
    PATCH_SANS_REMPLACEMENT = (
        "patch-sans-remplacement", 400, "invalid",
        "Une entrée PATCH accompagne un remplacement (relatesTo replaces).")
    PATCH_INVALIDE = (
        "patch-invalide", 400, "invalid",
        "Le PATCH d’un lot ne peut que passer le document remplacé à « superseded ».")
    # Profile: cardinalities
    ELEMENT_OBLIGATOIRE = ("element-obligatoire", 400, "required", "L’élément {element} est obligatoire.")
    ELEMENT_INTERDIT = ("element-interdit", 400, "invalid", "L’élément {element} n’est pas admis ici.")
    ELEMENT_MULTIPLE = (
        "element-multiple", 400, "invalid",
        "L’élément {element} ne peut être donné qu’une fois.")
    VALEUR_FIXE = ("valeur-fixe", 400, "value", "L’élément {element} doit valoir « {attendu} ».")
    ARCHIVE_A_LA_CREATION = (
        "archive-a-la-creation", 400, "invalid",
        "Un document ne peut pas être archivé dès sa création.")
    # Patient
    PATIENT_FORME = (
        "patient-forme", 400, "invalid",
        "Le patient doit être désigné par Patient/<id> ou par son INS.")
    PATIENTS_DIFFERENTS = (
        "patients-differents", 400, "invalid",
        "Toute la requête doit porter sur le même patient.")
    INS_FORME = (
        "ins-forme", 400, "invalid",
        "L’INS n’a pas la forme attendue : 15 caractères et un OID d’INS.")
    INS_FICTIF = ("ins-fictif", 400, "invalid", "Les INS de test ou de démonstration ne sont pas admis ici.")
    INS_CLE = ("ins-cle", 200, "value", "La clé de l’INS est fausse.")
    PATIENT_INCONNU = ("patient-inconnu", 400, "not-found", "Aucun dossier ne peut recevoir ce dépôt.")
    DOSSIER_INACTIF = (
        "dossier-inactif", 422, "business-rule",
        "Le dossier n’est pas actif : rien n’a été conservé.")
    # Metadata
    IDENTIFIANT_UNIQUE = (
        "identifiant-unique", 400, "value",
        "masterIdentifier doit être un urn:oid: ou un urn:uuid: bien formé.")
    TYPE_INCONNU = (
        "type-inconnu", 400, "code-invalid",
        "Le type de document n’est pas dans le jeu de valeurs JDV_J07.")
    TYPE_SANS_SYSTEME = (
        "type-sans-systeme", 400, "code-invalid",
        "Le type de document doit porter un système.")
    CLASSE_INCONNUE = (
        "classe-inconnue", 400, "code-invalid",
        "La classe n’est pas un code de TRE_A03-ClasseDocument.")
    CLASSE_TYPE = (
        "classe-type", 400, "code-invalid",
        "La classe n’est pas celle qui correspond au type de document.")
    CODE_HORS_JEU = (
        "code-hors-jeu", 400, "code-invalid",
        "Le code n’est pas dans le jeu de valeurs national recommandé.")
    CODE_ABSENT = ("code-absent", 400, "required", "L’élément {element} doit porter un code et son système.")
    ETIQUETTE_INCONNUE = (
        "etiquette-inconnue", 400, "code-invalid",
        "L’étiquette de confidentialité est inconnue.")
    ETIQUETTES_CONTRAIRES = (
        "etiquettes-contraires", 400, "invalid",
        "Un seul des codes N, R ou V peut être donné.")
    DATE_INVALIDE = ("date-invalide", 400, "value", "La date n’a pas la forme attendue.")
    DATE_SANS_DECALAGE = (
        "date-sans-decalage", 400, "value",
        "Une date avec une heure doit donner son décalage horaire.")
    DATE_FUTURE = ("date-future", 400, "value", "La date de création est dans le futur.")
    PERIODE_INVERSEE = ("periode-inversee", 400, "value", "La fin de la période précède son début.")
    IDENTIFIANT_ACTEUR = (
        "identifiant-acteur", 400, "value",
        "L’identifiant national de l’auteur n’a pas la forme attendue.")
    RELATION_INCONNUE = ("relation-inconnue", 400, "code-invalid", "Le code de relatesTo n’est pas connu.")
    RELATION_PARTIELLE = (
        "PartialTransformNotProcessed", 200, "informational",
        "La relation « transforms » est gardée sans autre effet.")
    AJOUT_PARTIEL = (
        "PartialAppendContentNotProcessed", 200, "informational",
        "La relation « appends » est gardée sans autre effet.")
    SIGNATURE_PARTIELLE = (
        "signature-partielle", 200, "informational",
        "La relation « signs » est gardée sans autre effet.")
    REMPLACEMENT_MULTIPLE = (
        "remplacement-multiple", 400, "invalid",
        "Un document ne peut en remplacer qu’un seul.")
    REMPLACEMENT_CDA = (
        "cda-remplacement", 200, "informational",
        "Le document CDA n’annonce pas le même document remplacé : relatesTo l’emporte.")
    DEPOSITAIRE_DEDUIT = (
        "depositaire-deduit", 200, "informational",
        "custodian est absent : il sera déduit.")
    AUTHENTIFICATEUR_DEDUIT = (
        "authentificateur-deduit", 200, "informational",
        "authenticator est absent : il sera déduit.")
    IDENTIFIANT_LOT = (
        "identifiant-lot", 200, "informational",
        "Le lot n’a pas d’identifiant : le service en a créé un.")
    # Content
    TAILLE = ("taille-differente", 400, "value", "La taille annoncée n’est pas celle du contenu.")
    EMPREINTE = (
        "empreinte-differente", 400, "value",
        "L’empreinte SHA-1 annoncée n’est pas celle du contenu.")
    CONTENU_VIDE = ("contenu-vide", 400, "required", "Le contenu du document est vide.")
    TROP_GRAND = ("trop-grand", 413, "too-long", "Le contenu dépasse la taille maximale.")
    MEDIA_NON_ADMIS = ("media-non-admis", 400, "not-supported", "Ce type de contenu n’est pas admis.")
    MEDIA_DIFFERENT = (
        "media-different", 400, "value",
        "Le type de contenu annoncé n’est pas celui du contenu.")
    SANS_ENTETE = ("contenu-sans-entete", 400, "not-supported", "Ce contenu n’est pas un document CDA lisible.")
    DOCUMENT_FHIR = (
        "document-fhir", 400, "structure",
        "Le document FHIR doit avoir identifier, timestamp et une Composition en tête.")
    CDA = ("cda", 400, "invalid", "Le document CDA ne respecte pas une règle du CI-SIS.")
    INS_DIFFERENT = ("ins-different", 400, "conflict", "Le patient du document n’est pas celui du dépôt.")
    TRAITS_DIFFERENTS = ("traits-differents", 400, "conflict", "L’identité du document n’est pas celle du dossier.")
    NOMS_DIFFERENTS = ("noms-differents", 200, "business-rule", "Le nom est écrit autrement que dans le dossier.")
    # Business
    DOUBLON = ("duplicate", 409, "duplicate", "Un document porte déjà cet identifiant unique.")
    REQUETE_DIFFERENTE = (
        "requete-differente", 409, "duplicate",
        "Une autre requête a déjà été envoyée avec ce X-Request-Id : rien n’a été conservé.")
    REMPLACE_INCONNU = (
        "remplace-inconnu", 400, "not-found",
        "Le document à remplacer est introuvable dans ce dossier.")
    DEJA_REMPLACE = ("deja-remplace", 422, "business-rule", "Le document à remplacer n’est plus en vigueur.")
    REMPLACEMENT_INTERDIT = (
        "remplacement-interdit", 403, "forbidden",
        "Seul l’auteur ou sa structure peut remplacer ce document.")
    SOURCE_NON_CREDIBLE = (
        "source-non-credible", 403, "forbidden",
        "La source du lot n’est ni la personne authentifiée ni sa structure.")
    AUTEUR_MANQUANT = (
        "auteur-manquant", 422, "business-rule",
        "Le document doit nommer le professionnel qui en est responsable.")
    CONTENU_DANGEREUX = (
        "contenu-dangereux", 422, "business-rule",
        "L’antivirus a trouvé un risque dans un contenu : rien n’a été conservé.")
    ANTIVIRUS_MUET = (
        "antivirus-indisponible", 503, "transient",
        "Le contenu n’a pas pu être examiné : rien n’a été conservé.")
    ALIMENTATION_INTERDITE = (
        "alimentation-interdite", 403, "forbidden",
        "Cet appelant ne peut pas déposer de document.")
    ALIMENTATION_REFUSEE = ("alimentation-refusee", 422, "business-rule", "Le dépôt est refusé.")
    # Changes of a stored document
    PATCH_ILLISIBLE = (
        "patch-illisible", 400, "structure",
        "Le corps n’est pas un PATCH de la forme annoncée.")
    MEDIA_PATCH = (
        "format-de-patch-non-lu", 415, "not-supported",
        "Un PATCH s’envoie en JSON Patch, en XML Patch ou en FHIRPath Patch (Parameters).")
    ELEMENT_PROTEGE = (
        "element-protege", 405, "not-supported",
        "Seuls status, securityLabel et l’extension isArchived peuvent changer. Rien n’a changé.")
    PATCH_INAPPLICABLE = (
        "patch-inapplicable", 422, "processing",
        "Cette opération ne peut pas se faire sur cet élément. Rien n’a changé.")
    PATCH_VERIFICATION = ("patch-verification", 422, "conflict", "Une opération « test » a échoué. Rien n’a changé.")
    ETIQUETTE_DE_NIVEAU = (
        "etiquette-de-niveau", 422, "invariant",
        "Un document garde exactement une étiquette parmi N, R et V.")
    VERSION_PERIMEE = (
        "version-perimee", 412, "conflict",
        "Le document a changé depuis votre lecture (If-Match) : relisez-le.")
    PLUSIEURS_DOCUMENTS = (
        "plusieurs-documents", 412, "multiple-matches",
        "Ces critères désignent plusieurs documents : rien n’a changé.")
    CRITERE_IDENTIFIANT = (
        "critere-identifiant", 400, "required",
        "Un PATCH conditionnel désigne le document par identifier, et au besoin par le patient.")
    NON_AUTEUR = (
        "non-auteur", 403, "forbidden",
        "Seul l’auteur du document, ou sa structure, peut faire ce changement.")
    CHANGEMENT_PAR_REMPLACEMENT = (
        "changement-par-remplacement", 403, "forbidden",
        "Une structure sans personne identifiée dépose une nouvelle version au lieu de changer un document.")
    MASQUE_DU_TITULAIRE = (
        "masque-du-titulaire", 403, "forbidden",
        "Le titulaire a masqué lui-même ce document : lui seul peut le rendre visible.")
    ANNONCE_REQUISE = (
        "annonce-requise", 403, "forbidden",
        "Seul un professionnel qui peut lire ce document le rend visible à son titulaire.")
    DEJA_VISIBLE = (
        "deja_visible", 422, "business-rule",
        "Le titulaire voit déjà ce document : il ne peut plus lui être caché.")
    PAS_MINEUR = (
        "pas-mineur", 422, "business-rule",
        "Cette étiquette ne se met que sur le dossier d’une personne mineure.")
    RETOUR_IMPOSSIBLE = (
        "retour-impossible", 422, "business-rule",
        "Un document remplacé ou périmé ne redevient pas actuel.")
    DOCUMENT_REMPLACE = (
        "document-remplace", 422, "business-rule",
        "Ce document a été remplacé : agissez sur la nouvelle version.")
    # Authorisations
    MODE_RECUEIL = (
        "mode-recueil", 400, "required",
        "Dites comment l’accord a été recueilli : oral, ecrit, numerique ou code_acces.")
    CODE_ACCES_FORME = (
        "code-acces-forme", 400, "invalid",
        "Le code d’accès va avec le mode code_acces, pour le professionnel lui-même.")
    BENEFICIAIRE = (
        "beneficiaire", 400, "required",
        "L’autorisation nomme un seul bénéficiaire : le professionnel, ou une de ses équipes (CareTeam).")
    AUTORISATION_INTERDITE = (
        "autorisation-interdite", 403, "forbidden",
        "Cette autorisation ne peut pas être ajoutée par cet appelant.")
    PROFESSIONNEL_BLOQUE = (
        "professionnel_bloque", 403, "forbidden",
        "La personne ne permet pas cet accès.")
    INFORMATION_ABSENTE = (
        "information-absente", 422, "business-rule",
        "Informez d’abord la personne de ce qui sera lu, puis demandez-lui un accord exprès.")
    CODE_ACCES_REFUSE = ("code-acces-refuse", 403, "forbidden", "Ce code n’ouvre pas ce dossier.")
    CODE_ACCES_BLOQUE = (
        "code-acces-bloque", 429, "throttled",
        "Trop de codes faux : la saisie reprend dans une heure.")
    PATCH_CONSENT = (
        "patch-consent", 422, "not-supported",
        "Une autorisation ne peut que passer à « inactive ».")
    # Search
    PARAMETRE_INCONNU = (
        "parametre-inconnu", 400, "not-supported",
        "Ce paramètre de recherche n’est pas offert.")
    PARAMETRE_INVALIDE = (
        "parametre-invalide", 400, "value",
        "La valeur de ce paramètre n’a pas la forme attendue.")
    PARAMETRE_EN_DOUBLE = (
        "parametre-en-double", 400, "multiple-matches",
        "Ce paramètre ne se donne qu’une fois.")
    CRITERE_PATIENT = (
        "critere-patient", 400, "required",
        "Un critère de patient est nécessaire (patient, subject, patient.identifier).")
    CRITERE_INS = ("critere-ins", 400, "required", "La recherche d’un patient se fait par son INS (identifier).")
    COMPTE_INVALIDE = ("count-invalide", 400, "value", "_count est un nombre entier positif ou nul.")
    CURSEUR_INVALIDE = ("curseur-invalide", 400, "value", "Le lien de page est illisible.")
    CURSEUR_EXPIRE = (
        "curseur-expire", 410, "expired",
        "Le lien de page n’est plus valable : refaites la recherche.")
    CURSEUR_AUTRE_APPELANT = (
        "curseur-autre-appelant", 403, "forbidden",
        "Ce lien de page a été donné à un autre appelant.")
    # HTTP
    LONGUEUR_REQUISE = (
        "longueur-requise", 411, "required",
        "La requête doit annoncer sa longueur (Content-Length) : l’envoi par morceaux n’est pas accepté.")
    REQUETE_TROP_GRANDE = ("requete-trop-grande", 413, "too-long", "La requête dépasse {maximum} octets.")
    MEDIA_REQUETE = ("format-non-lu", 415, "not-supported", "Seuls application/fhir+json et application/fhir+xml sont lus.")
    MEDIA_FORMULAIRE = (
        "formulaire-attendu", 415, "not-supported",
        "Une recherche par POST s’envoie en application/x-www-form-urlencoded.")
    PLAGE_INVALIDE = ("plage-invalide", 416, "value", "La plage d’octets demandée n’est pas possible.")
    MEDIA_REPONSE = (
        "format-non-offert", 406, "not-supported",
        "Aucun des formats demandés n’est disponible.")
    METHODE = ("methode-non-offerte", 405, "not-supported", "Cette méthode n’est pas offerte ici.")
    RESSOURCE_NON_OFFERTE = (
        "ressource-non-offerte", 404, "not-supported",
        "Ce type de ressource n’est pas servi ici.")
    INTROUVABLE = ("introuvable", 404, "not-found", "Introuvable.")
    SUPPRIME = ("supprime", 410, "deleted", "Ce document a été supprimé.")
    # Rights
    JETON_DANS_ADRESSE = (
        "jeton-dans-l-adresse", 400, "invalid",
        "Un jeton ne se donne jamais dans l’adresse : mettez-le dans l’en-tête Authorization.")
    JETON_ABSENT = ("jeton-absent", 401, "login", "Un jeton d’accès est nécessaire.")
    JETON_INVALIDE = ("jeton-invalide", 401, "login", "Le jeton d’accès est inconnu ou expiré.")
    PORTEE = ("insufficient_scope", 403, "forbidden", "Le jeton ne permet pas cette opération.")
    DICAH_D = ("dicah-d", 403, "forbidden", "Dossier : il n’est pas disponible.")
    DICAH_I = (
        "dicah-i", 403, "forbidden",
        "Identité : l’INS n’est pas qualifiée ou ne l’est pas pour cet appel.")
    DICAH_C = ("dicah-c", 403, "forbidden", "Consentement : le titulaire ne l’a pas donné.")
    DICAH_A = ("dicah-a", 403, "forbidden", "Authentification : elle n’est pas suffisante.")
    DICAH_H = ("dicah-h", 403, "forbidden", "Habilitation : la matrice ne permet pas cette consultation.")
    TRACES_RESERVEES = ("traces-reservees", 403, "forbidden", "Les traces de ce dossier ne vous sont pas ouvertes.")
    TOUT_RESERVE = (
        "tout-reserve", 403, "forbidden",
        "Seul le titulaire peut tout lire d’un coup, dans son propre espace.")
    CERCLE_RESERVE = (
        "cercle-reserve", 403, "forbidden",
        "Le cercle de soins se lit par le titulaire et par ses membres.")
    BORNES_REQUISES = (
        "bornes-requises", 400, "required",
        "Donnez les deux bornes de la recherche : date=ge… et date=le….")
    PERIODE_TROP_LONGUE = ("periode-trop-longue", 400, "too-costly", "Une recherche de traces porte sur un an au plus.")
    # Paired services
    JETON_IDENTITE = (
        "jeton-identite", 400, "login",
        "Le jeton d’identité de l’appairage manque ou n’est pas valable (en-tête X-Id-Token).")
    AUTRE_TITULAIRE = ("autre-titulaire", 403, "forbidden", "Ce jeton a été donné pour une autre personne.")
    ACCORD_ABSENT = (
        "accord-absent", 403, "forbidden",
        "La personne n’a pas donné son accord à ce service pour cet acte.")
    SERVICE_SUSPENDU = ("service-suspendu", 403, "forbidden", "Ce service n’est pas, ou plus, autorisé à appeler.")
    DOSSIER_FERME_AU_SERVICE = (
        "dossier-ferme-au-service", 403, "forbidden",
        "Le dossier de cette personne n’est pas ouvert aux services.")
    # Service
    TRACE_IMPOSSIBLE = (
        "trace-impossible", 503, "transient",
        "Le service ne peut pas répondre pour le moment.")
    AFFLUENCE = (
        "affluence", 503, "transient",
        "Le service reçoit déjà de grandes requêtes : renvoyez la vôtre dans un instant.")
    QUOTA = (
        "trop-d-appels", 429, "throttled",
        "Ce logiciel appelle trop vite : attendez le nombre de secondes dit par Retry-After.")
    PANNE = ("panne", 500, "exception", "Le service a rencontré une erreur. Rien n’a été conservé.")
    # fmt: on


def code_system(base: str, codes: Iterable[tuple[str, str]]) -> bytes:
    """Our list of codes (code, sentence) as a CodeSystem resource, public (FHR-08)."""
    return orjson.dumps(
        {
            "resourceType": "CodeSystem",
            "id": "erreur-mes",
            "url": f"{base}/{SYSTEME_ERREUR}",
            "name": "ErreurMes",
            "title": "Erreurs de l’interface FHIR",
            "status": "active",
            "caseSensitive": True,
            "content": "fragment",
            "description": "Les constats sur un document CDA ont en plus des codes « cda-… » et « ins-… ».",
            "concept": [
                {"code": code, "display": phrase.replace("{", "<").replace("}", ">")}
                for code, phrase in codes
            ],
        }
    )
