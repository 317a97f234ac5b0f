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

# The code beside the link, for a device on which the link does not open.
code-lead = Si le lien ne s’ouvre pas sur l’appareil que vous utilisez, saisissez-y ce code :
code-valid = Le code est valable pendant { $span }, jusqu’au { $moment }.
code-secret = Nous ne le demandons jamais, ni par téléphone ni par message : ne le communiquez à personne.

# The notice after the password was changed, with a link or while signed in.
changed-subject = Votre mot de passe { $service } a été modifié
changed = Le mot de passe du compte { $service } { $address } a été modifié le { $moment }.
was-you = Si c’était vous, vous n’avez rien à faire.
was-not-you = Si ce n’était pas vous, réagissez tout de suite : demandez un nouveau lien (« Mot de passe oublié ? », sur la page de connexion), choisissez un nouveau mot de passe et contactez { $contact }.
mailbox = Quelqu’un a peut-être accès à vos e-mails : changez aussi le mot de passe de votre messagerie.

# The mail to somebody who asked, and whose account has no password. It begins with "asked".
explanation-subject = Comment vous connecter à { $service }
explanation-none = Ce compte n’a pas de mot de passe : il n’y a donc rien à réinitialiser.
explanation-sign-in = Connectez-vous avec { $sign-in }, comme les fois précédentes.
explanation-otherwise = Connectez-vous comme les fois précédentes, par exemple avec le compte que vous avez sur un autre service.
explanation-not-you = Si ce n’était pas vous, ignorez cet e-mail : rien n’a changé.

# The invitation to choose a first password. "valid" and "only-newest" stand in it as well.
invite-subject = Choisissez votre mot de passe { $service }
invited = Vous avez reçu une invitation à rejoindre { $service } avec le compte { $address }, le { $moment }.
invite-open-link = Pour choisir votre mot de passe, ouvrez ce lien :
invite-button = Choisir un mot de passe
invite-not-expected = Si vous n’attendiez pas cet e-mail, ignorez-le : personne ne peut se connecter sans mot de passe.

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

# The pages: "forgotten password", and what is shown after it.
page-forgot = Mot de passe oublié ?
page-forgot-lead = Saisissez l’adresse e-mail avec laquelle vous vous connectez. Vous recevrez un lien pour choisir un nouveau mot de passe.
page-login = Adresse e-mail
page-send = Recevoir un lien
page-asked = Consultez vos e-mails
page-asked-lead = Si vous avez un compte ici, un lien pour choisir un nouveau mot de passe est en route vers votre adresse e-mail.
page-asked-newest = Il ne sert qu’une fois, et seul le lien de l’e-mail le plus récent fonctionne.
page-asked-earlier = Si vous avez reçu un lien il y a peu, utilisez celui-là : il fonctionne toujours, sauf si vous l’avez déjà utilisé ou désactivé.
page-asked-nothing = Toujours rien après quelques minutes ? Regardez dans vos spams, puis refaites une demande.
page-ask-again = Refaire une demande
page-sign-in = Aller à la page de connexion
page-code-title = Saisissez le code reçu par e-mail
page-code = Code reçu par e-mail
page-code-lead = Si le lien ne s’ouvre pas sur cet appareil, saisissez le code de l’e-mail :
page-code-use = Utiliser le code
page-code-wrong = Ce code ne fonctionne pas. Saisissez celui de l’e-mail le plus récent, valable 10 minutes, ou ouvrez le lien qui s’y trouve.
page-have-code = J’ai un code

# The page of a link: the form for the new password.
page-reset = Choisir un nouveau mot de passe
page-invite = Choisir votre mot de passe
page-reset-account = Il s’agit du compte { $address }.
page-password = Nouveau mot de passe
page-needs = Critères à respecter :
page-show = Afficher le mot de passe
page-second-factor = Code de votre second facteur
page-set = Enregistrer le mot de passe
page-error = Erreur : { $title }
page-rejected = Votre mot de passe n’a pas été modifié. Votre saisie ne respecte pas tous les critères : ceux qui manquent sont signalés ci-dessous. Votre lien fonctionne toujours.
page-met = Respecté :
page-missing = Non respecté :
page-separator = { ", " }
page-all-met = Tous les critères sont respectés.
page-none-missing = Pour l’instant, il ne manque rien.
page-not-you = Vous n’avez rien demandé ? Désactivez le lien : plus personne ne pourra l’utiliser.
page-cancel = Ce n’était pas moi

# What else the page of a link says.
page-done = Votre nouveau mot de passe est enregistré
page-done-lead = Il a été choisi avec ce lien, et toutes vos sessions ont été fermées. Si c’était vous, connectez-vous avec le nouveau mot de passe.
page-done-otherwise = Si ce n’était pas vous, demandez tout de suite un nouveau lien.
page-dead = Ce lien ne fonctionne pas
page-new-link = Demander un nouveau lien
page-renew = Recevoir un nouveau lien
page-renew-title = Recevoir un nouveau lien ?
page-renew-lead = Il sera envoyé à l’adresse e-mail du compte concerné par ce lien.
page-cancel-title = Désactiver ce lien ?
page-cancel-lead = Plus personne ne pourra l’utiliser, et votre mot de passe restera le même.
page-cancel-do = Désactiver le lien
page-keep = Garder le lien
page-reopen = Ouvrez le lien encore une fois
page-reopen-lead = Il se trouve dans l’e-mail le plus récent et fonctionne tant qu’il n’a pas servi à choisir un mot de passe.

# Why a link is not good.
refused-unknown = Ce lien n’est pas valable. Demandez-en un nouveau.
refused-superseded = Un lien plus récent a été demandé. Utilisez celui du dernier e-mail, ou refaites une demande si vous n’avez rien reçu.
refused-used = Ce lien a déjà été utilisé.
refused-revoked = Ce lien a été désactivé. Demandez-en un nouveau.
refused-expired = Ce lien a expiré. Demandez-en un nouveau.
refused-changed = Votre adresse e-mail ou votre mot de passe a changé depuis l’envoi de ce lien. Demandez-en un nouveau.

# What goes wrong with a form.
page-busy = Réessayez dans un instant
page-busy-lead = Il y a trop d’activité ici en ce moment. Rien n’est perdu : si vous avez reçu un lien, il fonctionne toujours.
page-foreign = Cet envoi vient d’ailleurs
page-foreign-lead = Ce formulaire a été envoyé par un autre site : il n’a donc pas été accepté. Ouvrez la page ici et réessayez.
page-unread = Cet envoi est illisible
page-unread-lead = Le formulaire n’est pas arrivé tel qu’il a été envoyé. Revenez en arrière et envoyez-le de nouveau.
page-too-large-lead = Le formulaire est plus long que ce que cette page accepte. Revenez en arrière, raccourcissez votre saisie et envoyez-le de nouveau.
page-nowhere = Cette page n’existe pas
