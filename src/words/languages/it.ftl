# The subject and the sentences of the mail with the link.
reset-subject = Reimposta la password del tuo account { $service }
hello = Ciao { $name },
asked = Qualcuno ha chiesto di reimpostare la password dell’account { $service } { $address }, { $moment }.
asked-administrator = Un amministratore ha chiesto di reimpostare la password dell’account { $service } { $address }, { $moment }.
open-link = Per impostare una nuova password, apri questo link:
button = Imposta una nuova password
or-address = Se il pulsante non apre nessuna pagina, vai a questo indirizzo:
valid = Il link è valido per { $span } e scade { $moment }.
only-newest = Puoi usarlo una sola volta, e funziona solo il link dell’email più recente.
not-you = Se non l’hai chiesto tu, ignora questa email: la tua password non cambia.
not-expected = Se non te lo aspettavi, ignora questa email: la tua password non cambia.

# The code beside the link, for a device on which the link does not open.
code-lead = Se il link non si apre sul dispositivo che usi, digita lì questo codice:
code-valid = Il codice è valido per { $span } e scade { $moment }.
code-secret = Non lo chiediamo mai, né per telefono né con un messaggio: non dirlo a nessuno.

# The notice after the password was changed, with a link or while signed in.
changed-subject = La password del tuo account { $service } è stata cambiata
changed = La password dell’account { $service } { $address } è stata cambiata { $moment }.
was-you = Se l’hai cambiata tu, non devi fare nulla.
was-not-you = Se non l’hai cambiata tu, agisci subito: chiedi un nuovo link («Password dimenticata?», nella pagina di accesso), imposta una nuova password e contatta { $contact }.
mailbox = Qualcuno potrebbe riuscire a leggere le tue email, quindi cambia anche la password della tua casella di posta.

# The mail to somebody who asked, and whose account has no password. It begins with "asked".
explanation-subject = Come accedere al tuo account { $service }
explanation-none = Questo account non ha una password, quindi non c’è nulla da reimpostare.
explanation-sign-in = Accedi con { $sign-in }, come hai fatto finora.
explanation-otherwise = Accedi come hai fatto finora, per esempio con l’account che hai su un altro servizio.
explanation-not-you = Se non l’hai chiesto tu, ignora questa email: non è cambiato nulla.

# The invitation to choose a first password. "valid" and "only-newest" stand in it as well.
invite-subject = Imposta la password del tuo account { $service }
invited = Hai ricevuto un invito a usare { $service } con l’account { $address }, { $moment }.
invite-open-link = Per impostare la tua password, apri questo link:
invite-button = Imposta una password
invite-not-expected = Se non te lo aspettavi, ignora questa email: nessuno può accedere senza una password.

# Times. "span" stands in "valid", "moment" in "asked", "changed" and "valid".
span-moments = meno di un minuto
span-minutes = { $number ->
    [one] { $number } minuto
   *[other] { $number } minuti
}
span-hours = { $number ->
    [one] { $number } ora
   *[other] { $number } ore
}
span-days = { $number ->
    [one] { $number } giorno
   *[other] { $number } giorni
}
moment = { $date } alle ore { $time } { $zone }
date = { $day ->
    [1] il 1º
    [8] l’8
    [11] l’11
   *[other] il { $day }
} { $month ->
    [1] gennaio
    [2] febbraio
    [3] marzo
    [4] aprile
    [5] maggio
    [6] giugno
    [7] luglio
    [8] agosto
    [9] settembre
    [10] ottobre
    [11] novembre
   *[12] dicembre
} { $year }

# What the policy asks for: a phrase for a list, and under "missed" a sentence for a password
# that misses it.
too_short = { $min ->
    [one] almeno { $min } carattere
   *[other] almeno { $min } caratteri
}
    .missed = { $min ->
        [one] Usa almeno { $min } carattere.
       *[other] Usa almeno { $min } caratteri.
    }
missing_digit = almeno un numero
    .missed = Usa almeno un numero.
missing_lowercase = almeno una lettera minuscola
    .missed = Usa almeno una lettera minuscola.
missing_uppercase = almeno una lettera maiuscola
    .missed = Usa almeno una lettera maiuscola.
blank_password = almeno un carattere visibile
    .missed = Usa almeno un carattere visibile.
too_long = { $max ->
    [one] al massimo { $max } carattere
   *[other] al massimo { $max } caratteri
}
    .missed = { $max ->
        [one] Usa al massimo { $max } carattere.
       *[other] Usa al massimo { $max } caratteri.
    }
too_many_bytes = { $max ->
    [one] al massimo { $max } byte
   *[other] al massimo { $max } byte
} (le lettere accentate e i simboli occupano più di un byte ciascuno)
    .missed = { $max ->
        [one] Usa al massimo { $max } byte
       *[other] Usa al massimo { $max } byte
    } (le lettere accentate e i simboli occupano più di un byte ciascuno).
too_many_bytes_for_bcrypt = { $max ->
    [one] al massimo { $max } byte
   *[other] al massimo { $max } byte
}, perché di una password bcrypt non legge di più (le lettere accentate e i simboli occupano più di un byte ciascuno)
    .missed = { $max ->
        [one] Usa al massimo { $max } byte
       *[other] Usa al massimo { $max } byte
    }, perché di una password bcrypt non legge di più (le lettere accentate e i simboli occupano più di un byte ciascuno).
nul_character = nessun carattere NUL
    .missed = Non usare il carattere NUL.
unassigned_character = solo caratteri definiti da Unicode
    .missed = Usa solo caratteri definiti da Unicode.
common_password = una password che non sia tra le più comuni
    .missed = Usa una password che non sia tra le più comuni.
context_word = una password che non si basi sul tuo nome, sul tuo indirizzo email o sul nostro nome
    .missed = Usa una password che non si basi sul tuo nome, sul tuo indirizzo email o sul nostro nome.
too_guessable = una password difficile da indovinare
    .missed = Usa una password difficile da indovinare.
breached_password = una password mai comparsa in una violazione dei dati
    .missed = Usa una password mai comparsa in una violazione dei dati.

# What zxcvbn says of a password that is too easy to guess.
guessable_keyboard_row = I tasti di una stessa fila sono facili da indovinare.
guessable_keyboard_pattern = Gli schemi brevi sulla tastiera sono facili da indovinare.
guessable_repeated_character = Lo stesso carattere ripetuto molte volte è facile da indovinare.
guessable_repetition = Le ripetizioni rendono la password solo di poco più difficile da indovinare.
guessable_top_10 = È tra le dieci password più comuni.
guessable_top_100 = È tra le cento password più comuni.
guessable_common = Molte persone usano questa password.
guessable_like_common = È simile a una password usata da molte persone.
guessable_sequence = Le sequenze come abc o 6543 sono facili da indovinare.
guessable_year = Gli anni recenti sono facili da indovinare.
guessable_word = Una parola sola è facile da indovinare.
guessable_date = Le date sono facili da indovinare.
guessable_name = Un nome da solo è facile da indovinare.
guessable_common_name = I nomi e i cognomi più diffusi sono facili da indovinare.
try_several_words = Usa più parole, ma non una frase famosa.
try_length = La lunghezza aiuta più di simboli, numeri o maiuscole.
try_another_word = Aggiungi una o due parole: più sono rare, meglio è.
try_more_than_capitals = Le maiuscole da sole aiutano poco.
try_more_than_all_capitals = Scrivere tutto in maiuscolo aiuta poco.
try_more_than_reversal = Scrivere le parole al contrario aiuta poco.
try_more_than_substitution = Sostituire le lettere, per esempio a con @, aiuta poco.
try_longer_pattern = Usa uno schema di tasti più lungo, con più cambi di direzione.
try_no_repetition = Non ripetere parole o caratteri.
try_no_sequence = Non usare sequenze.
try_no_recent_year = Non usare anni recenti.
try_no_own_year = Non usare anni che ti riguardano.
try_no_own_date = Non usare date o anni che ti riguardano.

# The pages: "forgotten password", and what is shown after it.
page-forgot = Password dimenticata?
page-forgot-lead = Inserisci l’indirizzo email con cui accedi. Riceverai un link per impostare una nuova password.
page-login = Indirizzo email
page-send = Inviami un link
page-asked = Controlla la tua email
page-asked-lead = Se hai un account qui, un link per impostare una nuova password è in arrivo al tuo indirizzo email.
page-asked-newest = Puoi usarlo una sola volta, e funziona solo il link dell’email più recente.
page-asked-earlier = Se hai ricevuto un link poco fa, usa quello: funziona ancora, a meno che tu non l’abbia già usato o disattivato.
page-asked-nothing = Non è arrivato nulla dopo qualche minuto? Guarda nello spam, poi chiedi un altro link.
page-ask-again = Chiedi un altro link
page-sign-in = Vai alla pagina di accesso
page-code-title = Digita il codice dell’email
page-code = Codice dell’email
page-code-lead = Se il link non si apre su questo dispositivo, digita il codice dell’email:
page-code-use = Usa il codice
page-code-wrong = Questo codice non funziona. Digita quello dell’email più recente, che vale 10 minuti, oppure apri il link che contiene.
page-have-code = Ho un codice

# The page of a link: the form for the new password.
page-reset = Imposta una nuova password
page-invite = Imposta la tua password
page-reset-account = È per l’account { $address }.
page-password = Nuova password
page-needs = Requisiti:
page-show = Mostra la password
page-second-factor = Codice del tuo secondo fattore
page-set = Imposta la password
page-error = Errore: { $title }
page-rejected = La tua password non è stata cambiata. Quella che hai scritto non rispetta tutti i requisiti: quelli che mancano sono indicati qui sotto. Il tuo link funziona ancora.
page-met = Rispettato:
page-missing = Non rispettato:
page-separator = { ", " }
page-all-met = Tutti i requisiti sono rispettati.
page-none-missing = Per ora non manca nulla.
page-not-you = Non l’hai chiesto tu? Disattiva il link e nessuno potrà usarlo.
page-cancel = Non l’ho chiesto io

# What else the page of a link says.
page-done = La tua password è stata impostata
page-done-lead = È stata impostata con questo link, e tutte le tue sessioni sono state chiuse. Se l’hai impostata tu, accedi con la nuova password.
page-done-otherwise = Se non l’hai impostata tu, chiedi subito un nuovo link.
page-dead = Questo link non funziona
page-new-link = Chiedi un nuovo link
page-renew = Inviami un nuovo link
page-renew-title = Inviare un nuovo link?
page-renew-lead = Arriverà all’indirizzo email dell’account a cui si riferisce questo link.
page-cancel-title = Disattivare questo link?
page-cancel-lead = Nessuno potrà usarlo, e la tua password non cambierà.
page-cancel-do = Disattiva il link
page-keep = Mantieni il link
page-reopen = Apri il link ancora una volta
page-reopen-lead = È nell’email più recente e funziona finché non viene usato per impostare una password.

# Why a link is not good.
refused-unknown = Questo link non è valido. Chiedine uno nuovo.
refused-superseded = È stato chiesto un link più recente. Usa quello dell’ultima email, oppure chiedine un altro se non ti è arrivato nulla.
refused-used = Questo link è già stato usato.
refused-revoked = Questo link è stato disattivato. Chiedine uno nuovo.
refused-expired = Questo link è scaduto. Chiedine uno nuovo.
refused-changed = Il tuo indirizzo email o la tua password sono cambiati da quando è stato inviato questo link. Chiedine uno nuovo.

# What goes wrong with a form.
page-busy = Riprova tra un momento
page-busy-lead = Al momento qui c’è troppo traffico. Non è andato perso nulla: se hai ricevuto un link, funziona ancora.
page-foreign = La richiesta veniva da altrove
page-foreign-lead = Questo modulo è stato inviato da un altro sito, quindi non è stato accettato. Apri la pagina qui e riprova.
page-unread = Il modulo non è leggibile
page-unread-lead = Non è arrivato così come è stato inviato. Torna indietro e invialo di nuovo.
page-too-large-lead = Il modulo è più lungo di quanto questa pagina accetti. Torna indietro, accorcia quello che hai scritto e invialo di nuovo.
page-nowhere = Questa pagina non esiste
