# The subject and the sentences of the mail with the link.
reset-subject = Resetowanie hasła do konta { $service }
hello = Dzień dobry, { $name }!
asked = Ktoś poprosił o zresetowanie hasła do konta { $service } { $address } ({ $moment }).
asked-administrator = Administrator poprosił o zresetowanie hasła do konta { $service } { $address } ({ $moment }).
open-link = Aby ustawić nowe hasło, proszę otworzyć ten link:
button = Ustaw nowe hasło
or-address = Jeśli przycisk nie otwiera strony, proszę przejść pod ten adres:
valid = Link jest ważny przez { $span } i wygasa { $moment }.
only-newest = Można go użyć tylko raz. Działa wyłącznie link z najnowszej wiadomości.
not-you = Jeśli poprosił o to ktoś inny, proszę zignorować tę wiadomość: hasło pozostanie bez zmian.
not-expected = Jeśli ta wiadomość jest zaskoczeniem, proszę ją zignorować: hasło pozostanie bez zmian.

# The code beside the link, for a device on which the link does not open.
code-lead = Jeśli link nie otwiera się na używanym urządzeniu, proszę wpisać tam ten kod:
code-valid = Kod jest ważny przez { $span } i wygasa { $moment }.
code-secret = Nigdy o niego nie pytamy, ani przez telefon, ani w wiadomości: proszę nikomu go nie podawać.

# The notice after the password was changed, with a link or while signed in.
changed-subject = Hasło do konta { $service } zostało zmienione
changed = Hasło do konta { $service } { $address } zostało zmienione { $moment }.
was-you = Jeśli ta zmiana była zamierzona, nie trzeba nic robić.
was-not-you = Jeśli hasło zmienił ktoś inny, proszę działać od razu: poprosić o nowy link („Nie pamiętasz hasła?” na stronie logowania), ustawić nowe hasło i skontaktować się z nami: { $contact }.
mailbox = Ktoś może mieć dostęp do tej skrzynki e-mail, dlatego proszę zmienić również hasło do niej.

# The mail to somebody who asked, and whose account has no password. It begins with "asked".
explanation-subject = Jak zalogować się na konto { $service }
explanation-none = To konto nie ma hasła, więc nie ma czego resetować.
explanation-sign-in = Proszę zalogować się tak jak dotychczas, za pomocą konta { $sign-in }.
explanation-otherwise = Proszę zalogować się tak jak dotychczas, na przykład za pomocą konta w innym serwisie.
explanation-not-you = Jeśli poprosił o to ktoś inny, proszę zignorować tę wiadomość: nic się nie zmieniło.

# The invitation to choose a first password. "valid" and "only-newest" stand in it as well.
invite-subject = Ustawianie hasła do konta { $service }
invited = Wysłano zaproszenie do serwisu { $service } dla konta { $address } ({ $moment }).
invite-open-link = Aby ustawić hasło, proszę otworzyć ten link:
invite-button = Ustaw hasło
invite-not-expected = Jeśli ta wiadomość jest zaskoczeniem, proszę ją zignorować: bez hasła nikt się nie zaloguje.

# Times. "span" stands in "valid", "moment" in "asked", "changed" and "valid".
span-moments = mniej niż minutę
span-minutes = { $number ->
    [one] { $number } minutę
    [few] { $number } minuty
    [many] { $number } minut
   *[other] { $number } minut
}
span-hours = { $number ->
    [one] { $number } godzinę
    [few] { $number } godziny
    [many] { $number } godzin
   *[other] { $number } godzin
}
span-days = { $number ->
    [one] { $number } dzień
    [few] { $number } dni
    [many] { $number } dni
   *[other] { $number } dni
}
moment = { $date } o godz. { $time } { $zone }
date = { $day } { $month ->
    [1] stycznia
    [2] lutego
    [3] marca
    [4] kwietnia
    [5] maja
    [6] czerwca
    [7] lipca
    [8] sierpnia
    [9] września
    [10] października
    [11] listopada
   *[12] grudnia
} { $year } r.

# What the policy asks for: a phrase for a list, and under "missed" a sentence for a password
# that misses it.
too_short = { $min ->
    [one] co najmniej { $min } znak
    [few] co najmniej { $min } znaki
    [many] co najmniej { $min } znaków
   *[other] co najmniej { $min } znaków
}
    .missed = { $min ->
        [one] Hasło musi mieć co najmniej { $min } znak.
        [few] Hasło musi mieć co najmniej { $min } znaki.
        [many] Hasło musi mieć co najmniej { $min } znaków.
       *[other] Hasło musi mieć co najmniej { $min } znaków.
    }
missing_digit = co najmniej jedna cyfra
    .missed = Hasło musi zawierać co najmniej jedną cyfrę.
missing_lowercase = co najmniej jedna mała litera
    .missed = Hasło musi zawierać co najmniej jedną małą literę.
missing_uppercase = co najmniej jedna wielka litera
    .missed = Hasło musi zawierać co najmniej jedną wielką literę.
blank_password = co najmniej jeden widoczny znak
    .missed = Hasło musi zawierać co najmniej jeden widoczny znak.
too_long = { $max ->
    [one] najwyżej { $max } znak
    [few] najwyżej { $max } znaki
    [many] najwyżej { $max } znaków
   *[other] najwyżej { $max } znaków
}
    .missed = { $max ->
        [one] Hasło może mieć najwyżej { $max } znak.
        [few] Hasło może mieć najwyżej { $max } znaki.
        [many] Hasło może mieć najwyżej { $max } znaków.
       *[other] Hasło może mieć najwyżej { $max } znaków.
    }
too_many_bytes = { $max ->
    [one] najwyżej { $max } bajt
    [few] najwyżej { $max } bajty
    [many] najwyżej { $max } bajtów
   *[other] najwyżej { $max } bajtów
} (polskie litery i symbole zajmują po kilka bajtów)
    .missed = { $max ->
        [one] Hasło może zajmować najwyżej { $max } bajt
        [few] Hasło może zajmować najwyżej { $max } bajty
        [many] Hasło może zajmować najwyżej { $max } bajtów
       *[other] Hasło może zajmować najwyżej { $max } bajtów
    } (polskie litery i symbole zajmują po kilka bajtów).
too_many_bytes_for_bcrypt = { $max ->
    [one] najwyżej { $max } bajt
    [few] najwyżej { $max } bajty
    [many] najwyżej { $max } bajtów
   *[other] najwyżej { $max } bajtów
}, bo bcrypt odczytuje z hasła tylko tyle (polskie litery i symbole zajmują po kilka bajtów)
    .missed = { $max ->
        [one] Hasło może zajmować najwyżej { $max } bajt
        [few] Hasło może zajmować najwyżej { $max } bajty
        [many] Hasło może zajmować najwyżej { $max } bajtów
       *[other] Hasło może zajmować najwyżej { $max } bajtów
    }, bo bcrypt odczytuje z niego tylko tyle (polskie litery i symbole zajmują po kilka bajtów).
nul_character = bez znaku NUL
    .missed = Hasło nie może zawierać znaku NUL.
unassigned_character = tylko znaki zdefiniowane w Unicode
    .missed = Hasło może zawierać tylko znaki zdefiniowane w Unicode.
common_password = hasło inne niż najczęściej używane
    .missed = Proszę wybrać hasło inne niż najczęściej używane.
context_word = hasło nieoparte na imieniu, nazwisku, adresie e-mail ani na naszej nazwie
    .missed = Hasło nie może opierać się na imieniu, nazwisku, adresie e-mail ani na naszej nazwie.
too_guessable = hasło trudne do odgadnięcia
    .missed = Proszę wybrać hasło trudniejsze do odgadnięcia.
breached_password = hasło, które nie pojawiło się w wycieku danych
    .missed = Proszę wybrać hasło, które nie pojawiło się w wycieku danych.

# What zxcvbn says of a password that is too easy to guess.
guessable_keyboard_row = Klawisze z jednego rzędu łatwo odgadnąć.
guessable_keyboard_pattern = Krótkie wzory na klawiaturze łatwo odgadnąć.
guessable_repeated_character = Wielokrotnie powtórzony znak łatwo odgadnąć.
guessable_repetition = Powtórzenie prawie nie utrudnia odgadnięcia hasła.
guessable_top_10 = To jedno z dziesięciu najpopularniejszych haseł.
guessable_top_100 = To jedno ze stu najpopularniejszych haseł.
guessable_common = Wiele osób ma takie samo hasło.
guessable_like_common = To hasło jest podobne do takiego, które ma wiele osób.
guessable_sequence = Ciągi takie jak abc lub 6543 łatwo odgadnąć.
guessable_year = Niedawne lata łatwo odgadnąć.
guessable_word = Pojedyncze słowo łatwo odgadnąć.
guessable_date = Daty łatwo odgadnąć.
guessable_name = Samo imię lub nazwisko łatwo odgadnąć.
guessable_common_name = Popularne imiona i nazwiska łatwo odgadnąć.
try_several_words = Warto użyć kilku słów, ale nie znanego powiedzenia.
try_length = Długość pomaga bardziej niż symbole, cyfry czy wielkie litery.
try_another_word = Warto dodać słowo lub dwa, im rzadsze, tym lepsze.
try_more_than_capitals = Same wielkie litery niewiele pomagają.
try_more_than_all_capitals = Pisanie wyłącznie wielkimi literami niewiele pomaga.
try_more_than_reversal = Pisanie słów wspak niewiele pomaga.
try_more_than_substitution = Zamiana liter, na przykład a na @, niewiele pomaga.
try_longer_pattern = Lepszy jest dłuższy wzór na klawiaturze, często zmieniający kierunek.
try_no_repetition = Lepiej nie powtarzać słów ani znaków.
try_no_sequence = Lepiej unikać ciągów kolejnych znaków.
try_no_recent_year = Lepiej unikać niedawnych lat.
try_no_own_year = Lepiej unikać lat związanych z własnym życiem.
try_no_own_date = Lepiej unikać dat i lat związanych z własnym życiem.

# The pages: "forgotten password", and what is shown after it.
page-forgot = Nie pamiętasz hasła?
page-forgot-lead = Proszę wpisać adres e-mail używany do logowania. Link do ustawienia nowego hasła przyjdzie e-mailem.
page-login = Adres e-mail
page-send = Wyślij link
page-asked = Proszę sprawdzić pocztę
page-asked-lead = Jeśli takie konto istnieje, link do ustawienia nowego hasła jest już w drodze na przypisany do niego adres e-mail.
page-asked-newest = Można go użyć tylko raz. Działa wyłącznie link z najnowszej wiadomości.
page-asked-earlier = Jeśli link przyszedł już chwilę temu, proszę użyć właśnie tego: nadal działa, o ile nie został użyty ani anulowany.
page-asked-nothing = Po kilku minutach nadal nic nie przyszło? Proszę zajrzeć do spamu, a potem poprosić o link ponownie.
page-ask-again = Poproś ponownie
page-sign-in = Przejdź do logowania
page-code-title = Proszę wpisać kod z wiadomości
page-code = Kod z wiadomości
page-code-lead = Jeśli link nie otwiera się na tym urządzeniu, proszę wpisać kod z wiadomości:
page-code-use = Użyj kodu
page-code-wrong = Ten kod nie działa. Proszę wpisać kod z najnowszej wiadomości, ważny przez 10 minut, albo otworzyć zawarty w niej link.
page-have-code = Mam kod

# The page of a link: the form for the new password.
page-reset = Ustaw nowe hasło
page-invite = Ustaw swoje hasło
page-reset-account = Dotyczy konta { $address }.
page-password = Nowe hasło
page-needs = Wymagania:
page-show = Pokaż hasło
page-second-factor = Kod drugiego składnika uwierzytelniania
page-set = Ustaw hasło
page-error = Błąd: { $title }
page-rejected = Hasło nie zostało zmienione. Wpisanemu hasłu czegoś brakuje, co zaznaczono poniżej. Link nadal działa.
page-met = Spełnione:
page-missing = Niespełnione:
page-separator = { ", " }
page-all-met = Wszystkie wymagania są spełnione.
page-none-missing = Jak dotąd niczego nie brakuje.
page-not-you = Poprosił o to ktoś inny? Proszę anulować link, a nikt nie będzie mógł go użyć.
page-cancel = To nie ja

# What else the page of a link says.
page-done = Hasło zostało ustawione
page-done-lead = Ustawiono je za pomocą tego linku, a wszystkie urządzenia zostały wylogowane. Jeśli ta zmiana była zamierzona, można się zalogować nowym hasłem.
page-done-otherwise = Jeśli hasło ustawił ktoś inny, trzeba od razu poprosić o nowy link.
page-dead = Ten link nie działa
page-new-link = Poproś o nowy link
page-renew = Wyślij nowy link
page-renew-title = Wysłać nowy link?
page-renew-lead = Przyjdzie na adres e-mail konta, którego dotyczy ten link.
page-cancel-title = Anulować ten link?
page-cancel-lead = Nikt nie będzie mógł go użyć, a hasło pozostanie bez zmian.
page-cancel-do = Anuluj link
page-keep = Zachowaj link
page-reopen = Proszę otworzyć link jeszcze raz
page-reopen-lead = Jest w najnowszej wiadomości i działa, dopóki nie posłuży do ustawienia hasła.

# Why a link is not good.
refused-unknown = Ten link jest nieprawidłowy. Trzeba poprosić o nowy.
refused-superseded = Poproszono już o nowszy link. Proszę użyć linku z najnowszej wiadomości, a jeśli nie przyszła, poprosić ponownie.
refused-used = Ten link został już użyty.
refused-revoked = Ten link został anulowany. Trzeba poprosić o nowy.
refused-expired = Ten link wygasł. Trzeba poprosić o nowy.
refused-changed = Po wysłaniu tego linku zmieniono adres lub hasło. Trzeba poprosić o nowy link.

# What goes wrong with a form.
page-busy = Proszę spróbować za chwilę
page-busy-lead = W tej chwili ruch jest tu zbyt duży. Nic nie przepadło: wysłany wcześniej link nadal działa.
page-foreign = To przyszło z innej witryny
page-foreign-lead = Ten formularz został wysłany z innej witryny, dlatego nie został przyjęty. Proszę otworzyć stronę tutaj i spróbować ponownie.
page-unread = Nie udało się tego odczytać
page-unread-lead = Formularz dotarł w innej postaci, niż został wysłany. Proszę wrócić i wysłać go ponownie.
page-too-large-lead = Formularz jest dłuższy, niż pozwala ta strona. Proszę wrócić, skrócić wpisany tekst i wysłać go ponownie.
page-nowhere = Nie ma takiej strony
