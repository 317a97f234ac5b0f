# The subject and the sentences of the mail with the link.
reset-subject = Restablezca su contraseña de { $service }
hello = Hola, { $name }:
asked = Alguien pidió restablecer la contraseña de la cuenta { $address } de { $service }, el { $moment }.
asked-administrator = Un administrador pidió restablecer la contraseña de la cuenta { $address } de { $service }, el { $moment }.
open-link = Para elegir una contraseña nueva, abra este enlace:
button = Elegir una contraseña nueva
or-address = Si el botón no abre ninguna página, vaya a esta dirección:
valid = El enlace es válido durante { $span }, hasta el { $moment }.
only-newest = Funciona una sola vez, y solo sirve el enlace del correo más reciente.
not-you = Si no fue usted, ignore este correo: su contraseña sigue siendo la misma.
not-expected = Si no esperaba este correo, ignórelo: su contraseña sigue siendo la misma.

# The code beside the link, for a device on which the link does not open.
code-lead = Si el enlace no se abre en el dispositivo que usa, escriba allí este código:
code-valid = El código es válido durante { $span }, hasta el { $moment }.
code-secret = Nunca lo pedimos, ni por teléfono ni por mensaje: no se lo diga a nadie.

# The notice after the password was changed, with a link or while signed in.
changed-subject = Su contraseña de { $service } ha cambiado
changed = La contraseña de la cuenta { $address } de { $service } se cambió el { $moment }.
was-you = Si fue usted, no tiene que hacer nada.
was-not-you = Si no fue usted, actúe de inmediato: pida un enlace nuevo («¿Olvidó su contraseña?», en la página de inicio de sesión), elija una contraseña nueva y póngase en contacto con { $contact }.
mailbox = Puede que alguien tenga acceso a sus correos: cambie también la contraseña de su cuenta de correo.

# The mail to somebody who asked, and whose account has no password. It begins with "asked".
explanation-subject = Cómo iniciar sesión en { $service }
explanation-none = Esta cuenta no tiene contraseña, así que no hay ninguna que restablecer.
explanation-sign-in = Inicie sesión con { $sign-in }, como hasta ahora.
explanation-otherwise = Inicie sesión como hasta ahora, por ejemplo con la cuenta que tiene en otro servicio.
explanation-not-you = Si no fue usted, ignore este correo: no ha cambiado nada.

# The invitation to choose a first password. "valid" and "only-newest" stand in it as well.
invite-subject = Elija su contraseña de { $service }
invited = Recibió una invitación para unirse a { $service } con la cuenta { $address }, el { $moment }.
invite-open-link = Para elegir su contraseña, abra este enlace:
invite-button = Elegir una contraseña
invite-not-expected = Si no esperaba este correo, ignórelo: nadie puede entrar sin contraseña.

# Times. "span" stands in "valid", "moment" in "asked", "changed" and "valid".
span-moments = menos de un minuto
span-minutes = { $number ->
    [one] { $number } minuto
   *[other] { $number } minutos
}
span-hours = { $number ->
    [one] { $number } hora
   *[other] { $number } horas
}
span-days = { $number ->
    [one] { $number } día
   *[other] { $number } días
}
moment = { $date } a las { $time } h ({ $zone })
date = { $day } de { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
} de { $year }

# What the policy asks for: a phrase for a list, and under "missed" a sentence for a password
# that misses it.
too_short = { $min ->
    [one] al menos { $min } carácter
   *[other] al menos { $min } caracteres
}
    .missed = { $min ->
        [one] Use al menos { $min } carácter.
       *[other] Use al menos { $min } caracteres.
    }
missing_digit = al menos un número
    .missed = Use al menos un número.
missing_lowercase = al menos una letra minúscula
    .missed = Use al menos una letra minúscula.
missing_uppercase = al menos una letra mayúscula
    .missed = Use al menos una letra mayúscula.
blank_password = al menos un carácter visible
    .missed = Use al menos un carácter visible.
too_long = { $max ->
    [one] como máximo { $max } carácter
   *[other] como máximo { $max } caracteres
}
    .missed = { $max ->
        [one] Use como máximo { $max } carácter.
       *[other] Use como máximo { $max } caracteres.
    }
too_many_bytes = { $max ->
    [one] como máximo { $max } byte
   *[other] como máximo { $max } bytes
} (las letras con tilde, la ñ y los símbolos como € ocupan varios cada uno)
    .missed = { $max ->
        [one] Use como máximo { $max } byte
       *[other] Use como máximo { $max } bytes
    } (las letras con tilde, la ñ y los símbolos como € ocupan varios cada uno).
too_many_bytes_for_bcrypt = { $max ->
    [one] como máximo { $max } byte
   *[other] como máximo { $max } bytes
}, porque bcrypt no lee más (las letras con tilde, la ñ y los símbolos como € ocupan varios cada uno)
    .missed = { $max ->
        [one] Use como máximo { $max } byte
       *[other] Use como máximo { $max } bytes
    }, porque bcrypt no lee más (las letras con tilde, la ñ y los símbolos como € ocupan varios cada uno).
nul_character = ningún carácter NUL
    .missed = No use ningún carácter NUL.
unassigned_character = solo caracteres definidos en Unicode
    .missed = Use solo caracteres definidos en Unicode.
common_password = una contraseña que no esté entre las más comunes
    .missed = Use una contraseña que no esté entre las más comunes.
context_word = una contraseña que no esté formada por su nombre, su dirección de correo ni nuestro nombre
    .missed = Use una contraseña que no esté formada por su nombre, su dirección de correo ni nuestro nombre.
too_guessable = una contraseña difícil de adivinar
    .missed = Use una contraseña difícil de adivinar.
breached_password = una contraseña que no haya aparecido en ninguna filtración de datos
    .missed = Use una contraseña que no haya aparecido en ninguna filtración de datos.

# What zxcvbn says of a password that is too easy to guess.
guessable_keyboard_row = Las teclas seguidas son fáciles de adivinar.
guessable_keyboard_pattern = Los patrones cortos de teclado son fáciles de adivinar.
guessable_repeated_character = Un mismo carácter repetido muchas veces es fácil de adivinar.
guessable_repetition = Repetir algo apenas lo hace más difícil de adivinar.
guessable_top_10 = Está entre las diez contraseñas más comunes.
guessable_top_100 = Está entre las cien contraseñas más comunes.
guessable_common = Mucha gente tiene esta contraseña.
guessable_like_common = Se parece a una contraseña que tiene mucha gente.
guessable_sequence = Las secuencias como abc o 6543 son fáciles de adivinar.
guessable_year = Los años recientes son fáciles de adivinar.
guessable_word = Una sola palabra es fácil de adivinar.
guessable_date = Las fechas son fáciles de adivinar.
guessable_name = Un nombre o un apellido por sí solo es fácil de adivinar.
guessable_common_name = Los nombres y apellidos comunes son fáciles de adivinar.
try_several_words = Use varias palabras, pero no una frase conocida.
try_length = La longitud ayuda más que los símbolos, los números o las mayúsculas.
try_another_word = Añada una o dos palabras: cuanto menos comunes, mejor.
try_more_than_capitals = Las mayúsculas por sí solas ayudan poco.
try_more_than_all_capitals = Escribirlo todo en mayúsculas ayuda poco.
try_more_than_reversal = Escribir palabras al revés ayuda poco.
try_more_than_substitution = Cambiar letras, como la a por @, ayuda poco.
try_longer_pattern = Use un patrón de teclas más largo, con más cambios de dirección.
try_no_repetition = No repita palabras ni caracteres.
try_no_sequence = No use secuencias.
try_no_recent_year = No use años recientes.
try_no_own_year = No use años que tengan que ver con usted.
try_no_own_date = No use fechas ni años que tengan que ver con usted.

# The pages: "forgotten password", and what is shown after it.
page-forgot = ¿Olvidó su contraseña?
page-forgot-lead = Escriba la dirección de correo con la que inicia sesión. Recibirá un enlace para elegir una contraseña nueva.
page-login = Correo electrónico
page-send = Enviarme un enlace
page-asked = Revise su correo
page-asked-lead = Si tiene una cuenta aquí, un enlace para elegir una contraseña nueva va en camino a su dirección de correo.
page-asked-newest = Funciona una sola vez, y solo sirve el enlace del correo más reciente.
page-asked-earlier = Si recibió un enlace hace poco, use ese: sigue funcionando, salvo que ya lo haya usado o anulado.
page-asked-nothing = ¿No ha llegado nada en unos minutos? Busque en la carpeta de spam y luego pida otro enlace.
page-ask-again = Pedir otro enlace
page-sign-in = Ir al inicio de sesión
page-code-title = Escriba el código de su correo
page-code = Código del correo
page-code-lead = Si el enlace no se abre en este dispositivo, escriba el código del correo:
page-code-use = Usar el código
page-code-wrong = Este código no funciona. Escriba el del correo más reciente, que vale 10 minutos, o abra el enlace que contiene.
page-have-code = Tengo un código

# The page of a link: the form for the new password.
page-reset = Elegir una contraseña nueva
page-invite = Elegir su contraseña
page-reset-account = Es para la cuenta { $address }.
page-password = Contraseña nueva
page-needs = Requisitos:
page-show = Mostrar contraseña
page-second-factor = Código de su segundo factor
page-set = Guardar contraseña
page-error = Error: { $title }
page-rejected = Su contraseña no ha cambiado. Lo que escribió no cumple todos los requisitos: los que faltan están marcados abajo. Su enlace sigue funcionando.
page-met = Se cumple:
page-missing = No se cumple:
page-separator = { ", " }
page-all-met = Se cumplen todos los requisitos.
page-none-missing = Por ahora no falta nada.
page-not-you = ¿No lo pidió usted? Anule el enlace y nadie podrá usarlo.
page-cancel = No fui yo

# What else the page of a link says.
page-done = Se ha guardado su contraseña nueva
page-done-lead = Se eligió con este enlace, y se cerraron todas sus sesiones. Si fue usted, inicie sesión con la contraseña nueva.
page-done-otherwise = Si no fue usted, pida de inmediato un enlace nuevo.
page-dead = Este enlace no funciona
page-new-link = Pedir un enlace nuevo
page-renew = Enviarme un enlace nuevo
page-renew-title = ¿Enviar un enlace nuevo?
page-renew-lead = Llegará a la dirección de correo de la cuenta a la que corresponde este enlace.
page-cancel-title = ¿Anular este enlace?
page-cancel-lead = Nadie podrá usarlo, y su contraseña seguirá siendo la misma.
page-cancel-do = Anular el enlace
page-keep = Conservar el enlace
page-reopen = Abra el enlace otra vez
page-reopen-lead = Está en el correo más reciente y funciona hasta que se elija una contraseña con él.

# Why a link is not good.
refused-unknown = Este enlace no es válido. Pida uno nuevo.
refused-superseded = Se pidió un enlace más reciente. Use el del último correo, o pida otro si no le ha llegado ninguno.
refused-used = Este enlace ya se ha usado.
refused-revoked = Este enlace se ha anulado. Pida uno nuevo.
refused-expired = Este enlace ha caducado. Pida uno nuevo.
refused-changed = Su dirección de correo o su contraseña ha cambiado desde que se envió este enlace. Pida uno nuevo.

# What goes wrong with a form.
page-busy = Inténtelo de nuevo en un momento
page-busy-lead = Ahora mismo hay demasiada actividad aquí. No se ha perdido nada: si recibió un enlace, sigue funcionando.
page-foreign = Esto vino de otro sitio
page-foreign-lead = Este formulario lo envió otro sitio web, así que no se aceptó. Abra la página aquí e inténtelo de nuevo.
page-unread = El formulario no se pudo leer
page-unread-lead = No llegó tal como se envió. Vuelva atrás y envíelo de nuevo.
page-too-large-lead = El formulario es más largo de lo que esta página acepta. Vuelva atrás, acorte lo que escribió y envíelo de nuevo.
page-nowhere = Esta página no existe
