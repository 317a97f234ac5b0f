# The subject and the sentences of the mail with the link.
reset-subject = Ihr Passwort bei { $service } zurücksetzen
hello = Guten Tag { $name }!
asked = Jemand hat am { $moment } darum gebeten, das Passwort für das Konto { $address } bei { $service } zurückzusetzen.
asked-administrator = Jemand aus der Administration hat am { $moment } darum gebeten, das Passwort für das Konto { $address } bei { $service } zurückzusetzen.
open-link = Öffnen Sie diesen Link, um ein neues Passwort festzulegen:
button = Neues Passwort festlegen
or-address = Wenn die Schaltfläche keine Seite öffnet, rufen Sie diese Adresse auf:
valid = Der Link ist { $span } gültig, bis zum { $moment }.
only-newest = Er funktioniert nur einmal, und nur der Link aus der neuesten E-Mail gilt.
not-you = Wenn Sie das nicht waren, ignorieren Sie diese E-Mail: Ihr Passwort bleibt, wie es ist.
not-expected = Wenn Sie diese E-Mail nicht erwartet haben, ignorieren Sie sie: Ihr Passwort bleibt, wie es ist.

# The code beside the link, for a device on which the link does not open.
code-lead = Wenn sich der Link auf Ihrem Gerät nicht öffnen lässt, geben Sie dort diesen Code ein:
code-valid = Der Code ist { $span } gültig, bis zum { $moment }.
code-secret = Wir fragen nie danach, weder am Telefon noch in einer Nachricht: Geben Sie ihn niemandem weiter.

# The notice after the password was changed, with a link or while signed in.
changed-subject = Ihr Passwort bei { $service } wurde geändert
changed = Das Passwort für das Konto { $address } bei { $service } wurde am { $moment } geändert.
was-you = Wenn Sie das waren, brauchen Sie nichts zu tun.
was-not-you = Wenn Sie das nicht waren, handeln Sie sofort: Fordern Sie einen neuen Link an („Passwort vergessen?“ auf der Anmeldeseite), legen Sie ein neues Passwort fest und wenden Sie sich an { $contact }.
mailbox = Möglicherweise kann jemand Ihre E-Mails lesen. Ändern Sie deshalb auch das Passwort Ihres Postfachs.

# The mail to somebody who asked, and whose account has no password. It begins with "asked".
explanation-subject = So melden Sie sich bei { $service } an
explanation-none = Dieses Konto hat kein Passwort, deshalb gibt es nichts zurückzusetzen.
explanation-sign-in = Melden Sie sich wie bisher mit { $sign-in } an.
explanation-otherwise = Melden Sie sich so an wie bisher, zum Beispiel mit Ihrem Konto bei einem anderen Dienst.
explanation-not-you = Wenn Sie das nicht waren, ignorieren Sie diese E-Mail: Es hat sich nichts geändert.

# The invitation to choose a first password. "valid" and "only-newest" stand in it as well.
invite-subject = Ihr Passwort bei { $service } festlegen
invited = Sie wurden am { $moment } mit dem Konto { $address } zu { $service } eingeladen.
invite-open-link = Öffnen Sie diesen Link, um Ihr Passwort festzulegen:
invite-button = Passwort festlegen
invite-not-expected = Wenn Sie diese E-Mail nicht erwartet haben, ignorieren Sie sie: Ohne Passwort kann sich niemand anmelden.

# Times. "span" stands in "valid", "moment" in "asked", "changed" and "valid".
span-moments = weniger als eine Minute
span-minutes = { $number ->
    [one] { $number } Minute
   *[other] { $number } Minuten
}
span-hours = { $number ->
    [one] { $number } Stunde
   *[other] { $number } Stunden
}
span-days = { $number ->
    [one] { $number } Tag
   *[other] { $number } Tage
}
moment = { $date } um { $time } Uhr ({ $zone })
date = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }

# What the policy asks for: a phrase for a list, and under "missed" a sentence for a password
# that misses it.
too_short = { $min ->
    [one] mindestens { $min } Zeichen
   *[other] mindestens { $min } Zeichen
}
    .missed = { $min ->
        [one] Verwenden Sie mindestens { $min } Zeichen.
       *[other] Verwenden Sie mindestens { $min } Zeichen.
    }
missing_digit = mindestens eine Ziffer
    .missed = Verwenden Sie mindestens eine Ziffer.
missing_lowercase = mindestens einen Kleinbuchstaben
    .missed = Verwenden Sie mindestens einen Kleinbuchstaben.
missing_uppercase = mindestens einen Großbuchstaben
    .missed = Verwenden Sie mindestens einen Großbuchstaben.
blank_password = mindestens ein sichtbares Zeichen
    .missed = Verwenden Sie mindestens ein sichtbares Zeichen.
too_long = { $max ->
    [one] höchstens { $max } Zeichen
   *[other] höchstens { $max } Zeichen
}
    .missed = { $max ->
        [one] Verwenden Sie höchstens { $max } Zeichen.
       *[other] Verwenden Sie höchstens { $max } Zeichen.
    }
too_many_bytes = { $max ->
    [one] höchstens { $max } Byte
   *[other] höchstens { $max } Byte
} (Umlaute, Buchstaben mit Akzent und Symbole wie € belegen jeweils mehrere)
    .missed = { $max ->
        [one] Verwenden Sie höchstens { $max } Byte
       *[other] Verwenden Sie höchstens { $max } Byte
    } (Umlaute, Buchstaben mit Akzent und Symbole wie € belegen jeweils mehrere).
too_many_bytes_for_bcrypt = { $max ->
    [one] höchstens { $max } Byte
   *[other] höchstens { $max } Byte
}, denn mehr liest bcrypt von einem Passwort nicht (Umlaute, Buchstaben mit Akzent und Symbole wie € belegen jeweils mehrere)
    .missed = { $max ->
        [one] Verwenden Sie höchstens { $max } Byte
       *[other] Verwenden Sie höchstens { $max } Byte
    }, denn mehr liest bcrypt von einem Passwort nicht (Umlaute, Buchstaben mit Akzent und Symbole wie € belegen jeweils mehrere).
nul_character = kein NUL-Zeichen
    .missed = Verwenden Sie kein NUL-Zeichen.
unassigned_character = nur Zeichen, die in Unicode definiert sind
    .missed = Verwenden Sie nur Zeichen, die in Unicode definiert sind.
common_password = ein Passwort, das nicht zu den häufigsten gehört
    .missed = Verwenden Sie ein Passwort, das nicht zu den häufigsten gehört.
context_word = ein Passwort, das nicht aus Ihrem Namen, Ihrer E-Mail-Adresse oder unserem Namen gebildet ist
    .missed = Verwenden Sie ein Passwort, das nicht aus Ihrem Namen, Ihrer E-Mail-Adresse oder unserem Namen gebildet ist.
too_guessable = ein Passwort, das schwer zu erraten ist
    .missed = Verwenden Sie ein Passwort, das schwer zu erraten ist.
breached_password = ein Passwort, das in keinem Datenleck aufgetaucht ist
    .missed = Verwenden Sie ein Passwort, das in keinem Datenleck aufgetaucht ist.

# What zxcvbn says of a password that is too easy to guess.
guessable_keyboard_row = Reihen benachbarter Tasten sind leicht zu erraten.
guessable_keyboard_pattern = Kurze Tastaturmuster sind leicht zu erraten.
guessable_repeated_character = Immer wieder dasselbe Zeichen ist leicht zu erraten.
guessable_repetition = Mit einer Wiederholung ist das Passwort kaum schwerer zu erraten.
guessable_top_10 = Dieses Passwort gehört zu den zehn häufigsten.
guessable_top_100 = Dieses Passwort gehört zu den hundert häufigsten.
guessable_common = Viele Menschen haben dieses Passwort.
guessable_like_common = Dieses Passwort ähnelt einem, das viele Menschen haben.
guessable_sequence = Folgen wie abc oder 6543 sind leicht zu erraten.
guessable_year = Jahreszahlen aus jüngerer Zeit sind leicht zu erraten.
guessable_word = Ein einzelnes Wort ist leicht zu erraten.
guessable_date = Ein Datum ist leicht zu erraten.
guessable_name = Ein Name allein ist leicht zu erraten.
guessable_common_name = Häufige Namen sind leicht zu erraten.
try_several_words = Verwenden Sie mehrere Wörter, aber keine bekannte Redewendung.
try_length = Länge hilft mehr als Symbole, Ziffern oder Großbuchstaben.
try_another_word = Fügen Sie ein oder zwei Wörter hinzu, je seltener, desto besser.
try_more_than_capitals = Großbuchstaben allein helfen wenig.
try_more_than_all_capitals = Durchgehende Großschreibung hilft wenig.
try_more_than_reversal = Rückwärts geschriebene Wörter helfen wenig.
try_more_than_substitution = Ersetzte Buchstaben, etwa @ statt a, helfen wenig.
try_longer_pattern = Verwenden Sie ein längeres Tastenmuster mit mehr Richtungswechseln.
try_no_repetition = Wiederholen Sie keine Wörter oder Zeichen.
try_no_sequence = Verwenden Sie keine fortlaufenden Buchstaben oder Ziffern.
try_no_recent_year = Verwenden Sie keine Jahreszahlen aus jüngerer Zeit.
try_no_own_year = Verwenden Sie keine Jahreszahlen, die mit Ihnen zu tun haben.
try_no_own_date = Verwenden Sie weder Datumsangaben noch Jahreszahlen, die mit Ihnen zu tun haben.

# The pages: "forgotten password", and what is shown after it.
page-forgot = Passwort vergessen?
page-forgot-lead = Geben Sie die E-Mail-Adresse ein, mit der Sie sich anmelden. Sie erhalten einen Link, um ein neues Passwort festzulegen.
page-login = E-Mail-Adresse
page-send = Link senden
page-asked = Sehen Sie in Ihr Postfach
page-asked-lead = Wenn Sie hier ein Konto haben, ist ein Link zum Festlegen eines neuen Passworts an Ihre E-Mail-Adresse unterwegs.
page-asked-newest = Er funktioniert nur einmal, und nur der Link aus der neuesten E-Mail gilt.
page-asked-earlier = Wenn Sie vor Kurzem schon einen Link bekommen haben, verwenden Sie diesen: Er funktioniert weiterhin, sofern Sie ihn nicht schon verwendet oder deaktiviert haben.
page-asked-nothing = Nach ein paar Minuten noch nichts angekommen? Sehen Sie im Spam-Ordner nach und fordern Sie dann noch einmal einen Link an.
page-ask-again = Noch einmal anfordern
page-sign-in = Zur Anmeldung
page-code-title = Geben Sie den Code aus der E-Mail ein
page-code = Code aus der E-Mail
page-code-lead = Wenn sich der Link auf diesem Gerät nicht öffnen lässt, geben Sie den Code aus der E-Mail ein:
page-code-use = Code verwenden
page-code-wrong = Dieser Code funktioniert nicht. Geben Sie den aus der neuesten E-Mail ein, der 10 Minuten lang gilt, oder öffnen Sie den Link darin.
page-have-code = Ich habe einen Code

# The page of a link: the form for the new password.
page-reset = Neues Passwort festlegen
page-invite = Ihr Passwort festlegen
page-reset-account = Es geht um das Konto { $address }.
page-password = Neues Passwort
page-needs = Verwenden Sie:
page-show = Passwort anzeigen
page-second-factor = Code Ihres zweiten Faktors
page-set = Passwort festlegen
page-error = Fehler: { $title }
page-rejected = Ihr Passwort wurde nicht geändert. Ihre Eingabe erfüllt noch nicht alle Anforderungen. Was fehlt, ist unten markiert. Ihr Link funktioniert weiterhin.
page-met = Erfüllt:
page-missing = Nicht erfüllt:
page-separator = { ", " }
page-all-met = Alle Anforderungen sind erfüllt.
page-none-missing = Bis jetzt fehlt nichts.
page-not-you = Sie haben das nicht angefordert? Deaktivieren Sie den Link, dann kann ihn niemand verwenden.
page-cancel = Das war ich nicht

# What else the page of a link says.
page-done = Ihr Passwort wurde festgelegt
page-done-lead = Es wurde mit diesem Link festgelegt, und Sie wurden überall abgemeldet. Wenn Sie das waren, melden Sie sich mit dem neuen Passwort an.
page-done-otherwise = Wenn Sie das nicht waren, fordern Sie sofort einen neuen Link an.
page-dead = Dieser Link funktioniert nicht
page-new-link = Neuen Link anfordern
page-renew = Neuen Link senden
page-renew-title = Neuen Link senden?
page-renew-lead = Er geht an die E-Mail-Adresse des Kontos, zu dem dieser Link gehört.
page-cancel-title = Diesen Link deaktivieren?
page-cancel-lead = Niemand kann ihn dann noch verwenden, und Ihr Passwort bleibt, wie es ist.
page-cancel-do = Link deaktivieren
page-keep = Link behalten
page-reopen = Öffnen Sie den Link noch einmal
page-reopen-lead = Er steht in der neuesten E-Mail und funktioniert, bis damit ein Passwort festgelegt wurde.

# Why a link is not good.
refused-unknown = Dieser Link ist ungültig. Fordern Sie einen neuen an.
refused-superseded = Es wurde ein neuerer Link angefordert. Verwenden Sie den aus der neuesten E-Mail oder fordern Sie noch einmal einen an, wenn keiner angekommen ist.
refused-used = Dieser Link wurde bereits verwendet.
refused-revoked = Dieser Link wurde deaktiviert. Fordern Sie einen neuen an.
refused-expired = Dieser Link ist abgelaufen. Fordern Sie einen neuen an.
refused-changed = Ihre E-Mail-Adresse oder Ihr Passwort hat sich geändert, seit dieser Link verschickt wurde. Fordern Sie einen neuen an.

# What goes wrong with a form.
page-busy = Versuchen Sie es gleich noch einmal
page-busy-lead = Hier ist gerade zu viel los. Es ist nichts verloren: Ein Link, den Sie bekommen haben, funktioniert weiterhin.
page-foreign = Das kam von woanders
page-foreign-lead = Dieses Formular wurde von einer anderen Website abgeschickt und deshalb nicht angenommen. Öffnen Sie die Seite hier und versuchen Sie es noch einmal.
page-unread = Das war nicht lesbar
page-unread-lead = Das Formular kam nicht so an, wie es abgeschickt wurde. Gehen Sie zurück und schicken Sie es noch einmal ab.
page-too-large-lead = Das Formular ist länger, als diese Seite annimmt. Gehen Sie zurück, kürzen Sie Ihre Eingabe und schicken Sie es noch einmal ab.
page-nowhere = Diese Seite gibt es nicht
