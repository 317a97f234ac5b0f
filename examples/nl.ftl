# The subject and the sentences of the mail with the link.
reset-subject = Uw wachtwoord voor { $service } opnieuw instellen
hello = Beste { $name },
asked = Iemand heeft op { $moment } gevraagd om het wachtwoord van het account { $address } bij { $service } opnieuw in te stellen.
asked-administrator = Een beheerder heeft op { $moment } gevraagd om het wachtwoord van het account { $address } bij { $service } opnieuw in te stellen.
open-link = Open deze link om een nieuw wachtwoord in te stellen:
button = Nieuw wachtwoord instellen
or-address = Opent de knop geen pagina? Ga dan naar dit adres:
valid = De link is { $span } geldig, tot { $moment }.
only-newest = De link werkt één keer, en alleen de link in de nieuwste e-mail werkt.
not-you = Hebt u dit niet zelf gedaan? Dan kunt u deze e-mail negeren: uw wachtwoord blijft zoals het is.
not-expected = Verwachtte u deze e-mail niet? Dan kunt u die negeren: uw wachtwoord blijft zoals het is.

# The code beside the link, for a device on which the link does not open.
code-lead = Opent de link niet op het apparaat dat u gebruikt? Typ daar dan deze code:
code-valid = De code is { $span } geldig, tot { $moment }.
code-secret = Wij vragen er nooit naar, niet per telefoon en niet in een bericht: geef hem aan niemand.

# The notice after the password was changed with a link.
changed-subject = Uw wachtwoord voor { $service } is gewijzigd
changed = Het wachtwoord van het account { $address } bij { $service } is op { $moment } gewijzigd.
was-you = Hebt u dit zelf gedaan? Dan hoeft u niets te doen.
was-not-you = Hebt u dit niet zelf gedaan? Grijp dan meteen in: vraag een nieuwe link aan (‘Wachtwoord vergeten?’ op de inlogpagina), stel een nieuw wachtwoord in en neem contact op met { $contact }.
mailbox = Misschien kan iemand uw e-mail lezen. Wijzig daarom ook het wachtwoord van uw mailbox.

# The mail to somebody who asked, and whose account has no password. It begins with "asked".
explanation-subject = Inloggen bij { $service }
explanation-none = Dit account heeft geen wachtwoord, dus er valt niets opnieuw in te stellen.
explanation-sign-in = Log in met { $sign-in }, zoals u eerder deed.
explanation-otherwise = Log in zoals u eerder deed, bijvoorbeeld met uw account bij een andere dienst.
explanation-not-you = Was u het niet? Negeer deze e-mail: er is niets veranderd.

# The invitation to choose a first password. "valid" and "only-newest" stand in it as well.
invite-subject = Kies uw wachtwoord voor { $service }
invited = U bent op { $moment } uitgenodigd bij { $service }, met het account { $address }.
invite-open-link = Open deze link om uw wachtwoord te kiezen:
invite-button = Wachtwoord kiezen
invite-not-expected = Had u dit niet verwacht? Negeer deze e-mail: zonder wachtwoord komt niemand binnen.

# Times. "span" stands in "valid", "moment" in "asked", "changed" and "valid".
span-moments = minder dan een minuut
span-minutes = { $number ->
    [one] { $number } minuut
   *[other] { $number } minuten
}
span-hours = { $number ->
    [one] { $number } uur
   *[other] { $number } uur
}
span-days = { $number ->
    [one] { $number } dag
   *[other] { $number } dagen
}
moment = { $date } om { $time } uur ({ $zone })
date = { $day } { $month ->
    [1] januari
    [2] februari
    [3] maart
    [4] april
    [5] mei
    [6] juni
    [7] juli
    [8] augustus
    [9] september
    [10] oktober
    [11] november
   *[12] december
} { $year }

# What the policy asks for: a phrase for a list, and under "missed" a sentence for a password
# that misses it.
too_short = { $min ->
    [one] minstens { $min } teken
   *[other] minstens { $min } tekens
}
    .missed = { $min ->
        [one] Gebruik minstens { $min } teken.
       *[other] Gebruik minstens { $min } tekens.
    }
missing_digit = minstens één cijfer
    .missed = Gebruik minstens één cijfer.
missing_lowercase = minstens één kleine letter
    .missed = Gebruik minstens één kleine letter.
missing_uppercase = minstens één hoofdletter
    .missed = Gebruik minstens één hoofdletter.
blank_password = minstens één zichtbaar teken
    .missed = Gebruik minstens één zichtbaar teken.
too_long = { $max ->
    [one] hoogstens { $max } teken
   *[other] hoogstens { $max } tekens
}
    .missed = { $max ->
        [one] Gebruik hoogstens { $max } teken.
       *[other] Gebruik hoogstens { $max } tekens.
    }
too_many_bytes = { $max ->
    [one] hoogstens { $max } byte
   *[other] hoogstens { $max } bytes
} (elk symbool en elke letter met een accent telt voor meerdere)
    .missed = { $max ->
        [one] Gebruik hoogstens { $max } byte
       *[other] Gebruik hoogstens { $max } bytes
    } (elk symbool en elke letter met een accent telt voor meerdere).
too_many_bytes_for_bcrypt = { $max ->
    [one] hoogstens { $max } byte
   *[other] hoogstens { $max } bytes
}, want meer leest bcrypt niet van een wachtwoord (elk symbool en elke letter met een accent telt voor meerdere)
    .missed = { $max ->
        [one] Gebruik hoogstens { $max } byte
       *[other] Gebruik hoogstens { $max } bytes
    }, want meer leest bcrypt niet van een wachtwoord (elk symbool en elke letter met een accent telt voor meerdere).
nul_character = geen NUL-teken
    .missed = Gebruik geen NUL-teken.
unassigned_character = alleen tekens die in Unicode zijn vastgelegd
    .missed = Gebruik alleen tekens die in Unicode zijn vastgelegd.
common_password = een wachtwoord dat niet tot de meest gebruikte hoort
    .missed = Gebruik een wachtwoord dat niet tot de meest gebruikte hoort.
context_word = een wachtwoord dat niet is afgeleid van uw naam, uw e-mailadres of onze naam
    .missed = Gebruik een wachtwoord dat niet is afgeleid van uw naam, uw e-mailadres of onze naam.
too_guessable = een wachtwoord dat moeilijk te raden is
    .missed = Gebruik een wachtwoord dat moeilijk te raden is.
breached_password = een wachtwoord dat in geen datalek is opgedoken
    .missed = Gebruik een wachtwoord dat in geen datalek is opgedoken.

# What zxcvbn says of a password that is too easy to guess.
guessable_keyboard_row = Toetsen op een rij zijn makkelijk te raden.
guessable_keyboard_pattern = Korte patronen op het toetsenbord zijn makkelijk te raden.
guessable_repeated_character = Steeds hetzelfde teken is makkelijk te raden.
guessable_repetition = Herhaling maakt het wachtwoord nauwelijks moeilijker te raden.
guessable_top_10 = Dit is een van de tien meest gebruikte wachtwoorden.
guessable_top_100 = Dit is een van de honderd meest gebruikte wachtwoorden.
guessable_common = Veel mensen hebben dit wachtwoord.
guessable_like_common = Dit lijkt op een wachtwoord dat veel mensen hebben.
guessable_sequence = Reeksen zoals abc of 6543 zijn makkelijk te raden.
guessable_year = Recente jaartallen zijn makkelijk te raden.
guessable_word = Eén enkel woord is makkelijk te raden.
guessable_date = Datums zijn makkelijk te raden.
guessable_name = Alleen een naam is makkelijk te raden.
guessable_common_name = Veelvoorkomende namen zijn makkelijk te raden.
try_several_words = Gebruik meerdere woorden, maar geen bekende uitdrukking.
try_length = Lengte helpt meer dan symbolen, cijfers of hoofdletters.
try_another_word = Voeg een of twee woorden toe, hoe zeldzamer hoe beter.
try_more_than_capitals = Hoofdletters alleen helpen weinig.
try_more_than_all_capitals = Alles in hoofdletters helpt weinig.
try_more_than_reversal = Woorden achterstevoren schrijven helpt weinig.
try_more_than_substitution = Letters vervangen, zoals a door @, helpt weinig.
try_longer_pattern = Gebruik een langer toetsenpatroon dat vaker van richting verandert.
try_no_repetition = Herhaal geen woorden of tekens.
try_no_sequence = Gebruik geen opeenvolgende letters of cijfers.
try_no_recent_year = Gebruik geen recente jaartallen.
try_no_own_year = Gebruik geen jaartallen die met u te maken hebben.
try_no_own_date = Gebruik geen datums of jaartallen die met u te maken hebben.

# A requirement of our own.
space = geen spaties
    .missed = Gebruik geen spaties.
