# The subject and the sentences of the mail with the link.
reset-subject = Reset your { $service } password
hello = Hello { $name },
asked = Somebody asked to reset the password of the { $service } account { $address }, at { $moment }.
asked-administrator = An administrator asked to reset the password of the { $service } account { $address }, at { $moment }.
open-link = To set a new password, open this link:
button = Set a new password
or-address = If the button opens no page, go to this address:
valid = The link is valid for { $span }, until { $moment }.
only-newest = It works once, and only the link in the most recent email works.
not-you = If it wasn't you, ignore this email: your password stays as it is.
not-expected = If you did not expect it, ignore this email: your password stays as it is.

# The code beside the link, for a device on which the link does not open.
code-lead = If the link does not open on the device that you use, type this code there:
code-valid = The code is valid for { $span }, until { $moment }.
code-secret = We never ask for it, neither by telephone nor in a message: tell it to nobody.

# The notice after the password was changed, with a link or while signed in.
changed-subject = Your { $service } password was changed
changed = The password of the { $service } account { $address } was changed, at { $moment }.
was-you = If it was you, there is nothing to do.
was-not-you = If it wasn't you, act at once: ask for a new link ("Forgotten password?", where you sign in), set a new password, and contact { $contact }.
mailbox = Somebody may be able to read your email, so change the password of your mailbox as well.

# The mail to somebody who asked, and whose account has no password. It begins with "asked".
explanation-subject = How to sign in to { $service }
explanation-none = This account has no password, so there is none to reset.
explanation-sign-in = Sign in with { $sign-in }, as you did before.
explanation-otherwise = Sign in the way you did before, for instance with the account that you have at another service.
explanation-not-you = If it wasn't you, ignore this email: nothing has changed.

# The invitation to choose a first password. "valid" and "only-newest" stand in it as well.
invite-subject = Choose your { $service } password
invited = You were invited to { $service }, with the account { $address }, at { $moment }.
invite-open-link = To choose your password, open this link:
invite-button = Choose a password
invite-not-expected = If you did not expect it, ignore this email: nobody gets in without a password.

# Times. "span" stands in "valid", "moment" in "asked", "changed" and "valid".
span-moments = less than a minute
span-minutes = { $number ->
    [one] { $number } minute
   *[other] { $number } minutes
}
span-hours = { $number ->
    [one] { $number } hour
   *[other] { $number } hours
}
span-days = { $number ->
    [one] { $number } day
   *[other] { $number } days
}
moment = { $time } { $zone } on { $date }
date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }

# What the policy asks for: a phrase for a list, and under "missed" a sentence for a password
# that misses it.
too_short = { $min ->
    [one] at least { $min } character
   *[other] at least { $min } characters
}
    .missed = { $min ->
        [one] Use at least { $min } character.
       *[other] Use at least { $min } characters.
    }
missing_digit = at least one number
    .missed = Use at least one number.
missing_lowercase = at least one lower-case letter
    .missed = Use at least one lower-case letter.
missing_uppercase = at least one upper-case letter
    .missed = Use at least one upper-case letter.
blank_password = at least one visible character
    .missed = Use at least one visible character.
too_long = { $max ->
    [one] at most { $max } character
   *[other] at most { $max } characters
}
    .missed = { $max ->
        [one] Use at most { $max } character.
       *[other] Use at most { $max } characters.
    }
too_many_bytes = { $max ->
    [one] at most { $max } byte
   *[other] at most { $max } bytes
} (accented letters and symbols take several each)
    .missed = { $max ->
        [one] Use at most { $max } byte
       *[other] Use at most { $max } bytes
    } (accented letters and symbols take several each).
too_many_bytes_for_bcrypt = { $max ->
    [one] at most { $max } byte
   *[other] at most { $max } bytes
}, since bcrypt reads no more of a password (accented letters and symbols take several each)
    .missed = { $max ->
        [one] Use at most { $max } byte
       *[other] Use at most { $max } bytes
    }, since bcrypt reads no more of a password (accented letters and symbols take several each).
nul_character = no NUL character
    .missed = Use no NUL character.
unassigned_character = only characters that Unicode has defined
    .missed = Use only characters that Unicode has defined.
common_password = a password that is not among the most common ones
    .missed = Use a password that is not among the most common ones.
context_word = a password that is not made of your name or email address or our name
    .missed = Use a password that is not made of your name or email address or our name.
too_guessable = a password that is hard to guess
    .missed = Use a password that is hard to guess.
breached_password = a password that has not appeared in a data breach
    .missed = Use a password that has not appeared in a data breach.

# What zxcvbn says of a password that is too easy to guess.
guessable_keyboard_row = Keys in a row are easy to guess.
guessable_keyboard_pattern = Short patterns on the keyboard are easy to guess.
guessable_repeated_character = The same character many times is easy to guess.
guessable_repetition = Saying it twice makes it hardly harder to guess.
guessable_top_10 = It is among the ten most common passwords.
guessable_top_100 = It is among the hundred most common passwords.
guessable_common = Many people have this password.
guessable_like_common = It is close to a password that many people have.
guessable_sequence = Sequences such as abc or 6543 are easy to guess.
guessable_year = Recent years are easy to guess.
guessable_word = A single word is easy to guess.
guessable_date = Dates are easy to guess.
guessable_name = A name alone is easy to guess.
guessable_common_name = Common names are easy to guess.
try_several_words = Use several words, but no well-known phrase.
try_length = Length helps more than symbols, numbers or capitals.
try_another_word = Add a word or two, the rarer the better.
try_more_than_capitals = Capital letters alone help little.
try_more_than_all_capitals = Capital letters throughout help little.
try_more_than_reversal = Words spelled backwards help little.
try_more_than_substitution = Replacing letters, such as @ for a, helps little.
try_longer_pattern = Use a longer pattern of keys, with more turns.
try_no_repetition = Repeat no words or characters.
try_no_sequence = Use no sequences.
try_no_recent_year = Use no recent years.
try_no_own_year = Use no years that have to do with you.
try_no_own_date = Use no dates or years that have to do with you.

# The pages: "forgotten password", and what is shown after it.
page-forgot = Forgotten password?
page-forgot-lead = Type the email address that you sign in with. You will get a link to set a new password.
page-login = Email address
page-send = Send me a link
page-asked = Check your email
page-asked-lead = If you have an account here, a link to set a new password is on its way to your email address.
page-asked-newest = It works once, and only the link in the most recent email works.
page-asked-earlier = If you were sent a link a short time ago, use that one: it still works, unless you used or cancelled it.
page-asked-nothing = Nothing came after a few minutes? Look among the spam, then ask again.
page-ask-again = Ask again
page-sign-in = Go to sign in
page-code-title = Type the code from your email
page-code = Code from the email
page-code-lead = If the link does not open on this device, type the code from the email:
page-code-use = Use the code
page-code-wrong = This code does not work. Type the one from the most recent email, which works for 10 minutes, or open the link there.
page-have-code = I have a code

# The page of a link: the form for the new password.
page-reset = Set a new password
page-invite = Choose your password
page-reset-account = This is for the account { $address }.
page-password = New password
page-needs = It needs:
page-show = Show password
page-second-factor = Code from your second factor
page-set = Set password
page-error = Error: { $title }
page-rejected = Your password was not changed. What you typed misses something, marked below. Your link still works.
page-met = Met:
page-missing = Missing:
page-separator = { ", " }
page-all-met = Everything that it needs is there.
page-none-missing = Nothing is missing so far.
page-not-you = You did not ask for this? Cancel the link, and nobody can use it.
page-cancel = This wasn't me

# What else the page of a link says.
page-done = Your password was set
page-done-lead = It was set with this link, and you were signed out everywhere. If that was you, sign in with the new password.
page-done-otherwise = If that wasn't you, ask for a new link at once.
page-dead = This link does not work
page-new-link = Ask for a new link
page-renew = Send me a new link
page-renew-title = Send a new link?
page-renew-lead = It goes to the email address of the account that this link is for.
page-cancel-title = Cancel this link?
page-cancel-lead = Nobody will be able to use it, and your password stays what it is.
page-cancel-do = Cancel the link
page-keep = Keep the link
page-reopen = Open the link once more
page-reopen-lead = It is in the most recent email, and works until a password was set with it.

# Why a link is not good.
refused-unknown = This link is not valid. Ask for a new one.
refused-superseded = A newer link was asked for. Use the one in the most recent email, or ask again if none has come.
refused-used = This link has already been used.
refused-revoked = This link was cancelled. Ask for a new one.
refused-expired = This link has expired. Ask for a new one.
refused-changed = Your address or password has changed since this link was sent. Ask for a new one.

# What goes wrong with a form.
page-busy = Try again in a moment
page-busy-lead = Too much is going on here at the moment. Nothing is lost: a link that you were sent still works.
page-foreign = That came from elsewhere
page-foreign-lead = This form was sent by another site, so it was not accepted. Open the page here and try again.
page-unread = That could not be read
page-unread-lead = The form did not arrive as it was sent. Go back, and send it again.
page-too-large-lead = The form is longer than this page accepts. Go back, shorten what you typed, and send it again.
page-nowhere = There is no such page
