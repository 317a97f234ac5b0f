# The subject and the sentences of the mail with the link.
reset-subject = Réinitialisation de votre mot de passe { $service }
hello = Bonjour { $name },
asked = Quelqu’un a demandé la réinitialisation du mot de passe du compte { $service } { $address }, le { $moment }.
asked-administrator = Un administrateur a demandé la réinitialisation du mot de passe du compte { $service } { $address }, le { $moment }.
open-link = Pour choisir un nouveau mot de passe, ouvrez ce lien :
button = Choisir un nouveau mot de passe
or-address = Si le bouton n’ouvre aucune page, rendez-vous à cette adresse :
valid = Le lien est valable pendant { $span }, jusqu’au { $moment }.
only-newest = Il ne sert qu’une fois, et seul le lien de l’e-mail le plus récent fonctionne.
not-you = Si ce n’était pas vous, ignorez cet e-mail : votre mot de passe reste le même.
not-expected = Si vous n’attendiez pas cet e-mail, ignorez-le : votre mot de passe reste le même.

# The notice after the password was changed with a link.
changed-subject = Votre mot de passe { $service } a été modifié
changed = Le mot de passe du compte { $service } { $address } a été modifié le { $moment }.
was-you = Si c’était vous, vous n’avez rien à faire.
was-not-you = Si ce n’était pas vous, réagissez tout de suite : demandez un nouveau lien (« Mot de passe oublié ? », sur la page de connexion), choisissez un nouveau mot de passe et contactez { $contact }.
mailbox = Quelqu’un a peut-être accès à vos e-mails : changez aussi le mot de passe de votre messagerie.

# Times. "span" stands in "valid", "moment" in "asked", "changed" and "valid".
span-moments = moins d’une minute
span-minutes = { $number ->
    [one] { $number } minute
   *[other] { $number } minutes
}
span-hours = { $number ->
    [one] { $number } heure
   *[other] { $number } heures
}
span-days = { $number ->
    [one] { $number } jour
   *[other] { $number } jours
}
moment = { $date } à { $time } ({ $zone })
date = { $day ->
    [1] 1er
   *[other] { $day }
} { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
} { $year }

# What the policy asks for: a phrase for a list, and under "missed" a sentence for a password
# that misses it.
too_short = { $min ->
    [one] au moins { $min } caractère
   *[other] au moins { $min } caractères
}
    .missed = { $min ->
        [one] Utilisez au moins { $min } caractère.
       *[other] Utilisez au moins { $min } caractères.
    }
missing_digit = au moins un chiffre
    .missed = Utilisez au moins un chiffre.
missing_lowercase = au moins une minuscule
    .missed = Utilisez au moins une minuscule.
missing_uppercase = au moins une majuscule
    .missed = Utilisez au moins une majuscule.
blank_password = au moins un caractère visible
    .missed = Utilisez au moins un caractère visible.
too_long = { $max ->
    [one] au maximum { $max } caractère
   *[other] au maximum { $max } caractères
}
    .missed = { $max ->
        [one] Utilisez au maximum { $max } caractère.
       *[other] Utilisez au maximum { $max } caractères.
    }
too_many_bytes = { $max ->
    [one] au maximum { $max } octet
   *[other] au maximum { $max } octets
} (une lettre accentuée ou un symbole comme € en prend plusieurs)
    .missed = { $max ->
        [one] Utilisez au maximum { $max } octet
       *[other] Utilisez au maximum { $max } octets
    } (une lettre accentuée ou un symbole comme € en prend plusieurs).
too_many_bytes_for_bcrypt = { $max ->
    [one] au maximum { $max } octet
   *[other] au maximum { $max } octets
}, car bcrypt n’en lit pas davantage (une lettre accentuée ou un symbole comme € en prend plusieurs)
    .missed = { $max ->
        [one] Utilisez au maximum { $max } octet
       *[other] Utilisez au maximum { $max } octets
    }, car bcrypt n’en lit pas davantage (une lettre accentuée ou un symbole comme € en prend plusieurs).
nul_character = aucun caractère NUL
    .missed = N’utilisez pas de caractère NUL.
unassigned_character = uniquement des caractères définis par Unicode
    .missed = Utilisez uniquement des caractères définis par Unicode.
common_password = un mot de passe qui ne fait pas partie des plus courants
    .missed = Utilisez un mot de passe qui ne fait pas partie des plus courants.
context_word = un mot de passe qui n’est formé ni de votre nom, ni de votre adresse e-mail, ni de notre nom
    .missed = Utilisez un mot de passe qui n’est formé ni de votre nom, ni de votre adresse e-mail, ni de notre nom.
too_guessable = un mot de passe difficile à deviner
    .missed = Utilisez un mot de passe difficile à deviner.
breached_password = un mot de passe qui n’est apparu dans aucune fuite de données
    .missed = Utilisez un mot de passe qui n’est apparu dans aucune fuite de données.

# What zxcvbn says of a password that is too easy to guess.
guessable_keyboard_row = Des touches qui se suivent sont faciles à deviner.
guessable_keyboard_pattern = Les motifs courts au clavier sont faciles à deviner.
guessable_repeated_character = Un même caractère répété de nombreuses fois est facile à deviner.
guessable_repetition = Une répétition rend le mot de passe à peine plus difficile à deviner.
guessable_top_10 = Ce mot de passe fait partie des dix plus courants.
guessable_top_100 = Ce mot de passe fait partie des cent plus courants.
guessable_common = Beaucoup de gens ont ce mot de passe.
guessable_like_common = Beaucoup de gens ont un mot de passe semblable.
guessable_sequence = Les suites comme abc ou 6543 sont faciles à deviner.
guessable_year = Les années récentes sont faciles à deviner.
guessable_word = Un mot seul est facile à deviner.
guessable_date = Les dates sont faciles à deviner.
guessable_name = Un nom ou un prénom seul est facile à deviner.
guessable_common_name = Les noms et prénoms courants sont faciles à deviner.
try_several_words = Utilisez plusieurs mots, mais pas une expression connue.
try_length = La longueur aide plus que les symboles, les chiffres ou les majuscules.
try_another_word = Ajoutez un mot ou deux : plus ils sont rares, mieux c’est.
try_more_than_capitals = Les majuscules seules n’aident pas beaucoup.
try_more_than_all_capitals = Tout écrire en majuscules n’aide pas beaucoup.
try_more_than_reversal = Écrire des mots à l’envers n’aide pas beaucoup.
try_more_than_substitution = Remplacer des lettres, comme a par @, n’aide pas beaucoup.
try_longer_pattern = Utilisez un motif de touches plus long, avec plus de changements de direction.
try_no_repetition = Ne répétez ni mots ni caractères.
try_no_sequence = Évitez les suites.
try_no_recent_year = N’utilisez pas d’années récentes.
try_no_own_year = N’utilisez pas d’années qui vous concernent.
try_no_own_date = N’utilisez ni dates ni années qui vous concernent.
