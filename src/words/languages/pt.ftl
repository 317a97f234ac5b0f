# The subject and the sentences of the mail with the link.
reset-subject = Redefina a senha da sua conta { $service }
hello = Olá, { $name }!
asked = Alguém pediu para redefinir a senha da conta { $service } { $address }, em { $moment }.
asked-administrator = Um administrador pediu para redefinir a senha da conta { $service } { $address }, em { $moment }.
open-link = Para criar uma nova senha, abra este link:
button = Criar nova senha
or-address = Se o botão não abrir nenhuma página, acesse este endereço:
valid = O link é válido por { $span }, até { $moment }.
only-newest = Ele funciona uma única vez, e só vale o link do e-mail mais recente.
not-you = Se não foi você, ignore este e-mail: sua senha continua a mesma.
not-expected = Se você não esperava por isso, ignore este e-mail: sua senha continua a mesma.

# The code beside the link, for a device on which the link does not open.
code-lead = Se o link não abrir no dispositivo que você usa, digite este código nele:
code-valid = O código é válido por { $span }, até { $moment }.
code-secret = Nunca pedimos esse código, nem por telefone nem por mensagem: não o informe a ninguém.

# The notice after the password was changed, with a link or while signed in.
changed-subject = A senha da sua conta { $service } foi alterada
changed = A senha da conta { $service } { $address } foi alterada em { $moment }.
was-you = Se foi você, não precisa fazer nada.
was-not-you = Se não foi você, aja imediatamente: peça um novo link (“Esqueci minha senha”, na página de login), crie uma nova senha e entre em contato com { $contact }.
mailbox = Alguém pode ter acesso aos seus e-mails, então altere também a senha da sua conta de e-mail.

# The mail to somebody who asked, and whose account has no password. It begins with "asked".
explanation-subject = Como fazer login na sua conta { $service }
explanation-none = Esta conta não tem senha, então não há o que redefinir.
explanation-sign-in = Faça login com { $sign-in }, como você já fazia.
explanation-otherwise = Faça login como você já fazia, por exemplo com a conta que você tem em outro serviço.
explanation-not-you = Se não foi você, ignore este e-mail: nada mudou.

# The invitation to choose a first password. "valid" and "only-newest" stand in it as well.
invite-subject = Crie a senha da sua conta { $service }
invited = Você recebeu um convite para usar { $service } com a conta { $address }, em { $moment }.
invite-open-link = Para criar sua senha, abra este link:
invite-button = Criar senha
invite-not-expected = Se você não esperava por isso, ignore este e-mail: ninguém consegue fazer login sem uma senha.

# Times. "span" stands in "valid", "moment" in "asked", "changed" and "valid".
span-moments = menos de um minuto
span-minutes = { $number ->
    [one] { $number } minuto
   *[other] { $number } minutos
}
span-hours = { $number ->
    [one] { $number } hora
   *[other] { $number } horas
}
span-days = { $number ->
    [one] { $number } dia
   *[other] { $number } dias
}
moment = { $date } às { $time } { $zone }
date = { $day ->
    [1] 1º
   *[other] { $day }
} de { $month ->
    [1] janeiro
    [2] fevereiro
    [3] março
    [4] abril
    [5] maio
    [6] junho
    [7] julho
    [8] agosto
    [9] setembro
    [10] outubro
    [11] novembro
   *[12] dezembro
} de { $year }

# What the policy asks for: a phrase for a list, and under "missed" a sentence for a password
# that misses it.
too_short = { $min ->
    [one] pelo menos { $min } caractere
   *[other] pelo menos { $min } caracteres
}
    .missed = { $min ->
        [one] Use pelo menos { $min } caractere.
       *[other] Use pelo menos { $min } caracteres.
    }
missing_digit = pelo menos um número
    .missed = Use pelo menos um número.
missing_lowercase = pelo menos uma letra minúscula
    .missed = Use pelo menos uma letra minúscula.
missing_uppercase = pelo menos uma letra maiúscula
    .missed = Use pelo menos uma letra maiúscula.
blank_password = pelo menos um caractere visível
    .missed = Use pelo menos um caractere visível.
too_long = { $max ->
    [one] no máximo { $max } caractere
   *[other] no máximo { $max } caracteres
}
    .missed = { $max ->
        [one] Use no máximo { $max } caractere.
       *[other] Use no máximo { $max } caracteres.
    }
too_many_bytes = { $max ->
    [one] no máximo { $max } byte
   *[other] no máximo { $max } bytes
} (letras com acento e símbolos ocupam mais de um byte cada)
    .missed = { $max ->
        [one] Use no máximo { $max } byte
       *[other] Use no máximo { $max } bytes
    } (letras com acento e símbolos ocupam mais de um byte cada).
too_many_bytes_for_bcrypt = { $max ->
    [one] no máximo { $max } byte
   *[other] no máximo { $max } bytes
}, pois o bcrypt não lê mais do que isso de uma senha (letras com acento e símbolos ocupam mais de um byte cada)
    .missed = { $max ->
        [one] Use no máximo { $max } byte
       *[other] Use no máximo { $max } bytes
    }, pois o bcrypt não lê mais do que isso de uma senha (letras com acento e símbolos ocupam mais de um byte cada).
nul_character = nenhum caractere NUL
    .missed = Não use o caractere NUL.
unassigned_character = apenas caracteres definidos pelo Unicode
    .missed = Use apenas caracteres definidos pelo Unicode.
common_password = uma senha que não esteja entre as mais comuns
    .missed = Use uma senha que não esteja entre as mais comuns.
context_word = uma senha que não seja baseada no seu nome, no seu e-mail nem no nosso nome
    .missed = Use uma senha que não seja baseada no seu nome, no seu e-mail nem no nosso nome.
too_guessable = uma senha difícil de adivinhar
    .missed = Use uma senha difícil de adivinhar.
breached_password = uma senha que não tenha aparecido em um vazamento de dados
    .missed = Use uma senha que não tenha aparecido em um vazamento de dados.

# What zxcvbn says of a password that is too easy to guess.
guessable_keyboard_row = Teclas de uma mesma fileira são fáceis de adivinhar.
guessable_keyboard_pattern = Padrões curtos no teclado são fáceis de adivinhar.
guessable_repeated_character = O mesmo caractere repetido muitas vezes é fácil de adivinhar.
guessable_repetition = Repetir um trecho quase não torna a senha mais difícil de adivinhar.
guessable_top_10 = Esta senha está entre as dez mais comuns.
guessable_top_100 = Esta senha está entre as cem mais comuns.
guessable_common = Muita gente usa esta senha.
guessable_like_common = Esta senha é parecida com uma que muita gente usa.
guessable_sequence = Sequências como abc ou 6543 são fáceis de adivinhar.
guessable_year = Anos recentes são fáceis de adivinhar.
guessable_word = Uma palavra sozinha é fácil de adivinhar.
guessable_date = Datas são fáceis de adivinhar.
guessable_name = Um nome sozinho é fácil de adivinhar.
guessable_common_name = Nomes e sobrenomes comuns são fáceis de adivinhar.
try_several_words = Use várias palavras, mas não uma frase conhecida.
try_length = O tamanho ajuda mais do que símbolos, números ou letras maiúsculas.
try_another_word = Acrescente uma ou duas palavras: quanto mais raras, melhor.
try_more_than_capitals = Letras maiúsculas, por si sós, ajudam pouco.
try_more_than_all_capitals = Escrever tudo em letras maiúsculas ajuda pouco.
try_more_than_reversal = Escrever palavras de trás para frente ajuda pouco.
try_more_than_substitution = Trocar letras, como a por @, ajuda pouco.
try_longer_pattern = Use um padrão de teclas mais longo, com mais mudanças de direção.
try_no_repetition = Não repita palavras nem caracteres.
try_no_sequence = Não use sequências.
try_no_recent_year = Não use anos recentes.
try_no_own_year = Não use anos que tenham a ver com você.
try_no_own_date = Não use datas nem anos que tenham a ver com você.

# The pages: "forgotten password", and what is shown after it.
page-forgot = Esqueci minha senha
page-forgot-lead = Digite o e-mail que você usa para fazer login. Você vai receber um link para criar uma nova senha.
page-login = E-mail
page-send = Enviar link
page-asked = Confira seu e-mail
page-asked-lead = Se você tem uma conta aqui, um link para criar uma nova senha está a caminho do seu e-mail.
page-asked-newest = Ele funciona uma única vez, e só vale o link do e-mail mais recente.
page-asked-earlier = Se você recebeu um link há pouco tempo, use esse mesmo: ele continua funcionando, a menos que você já o tenha usado ou desativado.
page-asked-nothing = Não chegou nada depois de alguns minutos? Procure no spam e depois peça de novo.
page-ask-again = Pedir de novo
page-sign-in = Ir para a página de login
page-code-title = Digite o código do seu e-mail
page-code = Código do e-mail
page-code-lead = Se o link não abrir neste dispositivo, digite o código do e-mail:
page-code-use = Usar o código
page-code-wrong = Este código não funciona. Digite o do e-mail mais recente, que vale por 10 minutos, ou abra o link que está nele.
page-have-code = Tenho um código

# The page of a link: the form for the new password.
page-reset = Criar nova senha
page-invite = Criar sua senha
page-reset-account = É para a conta { $address }.
page-password = Nova senha
page-needs = Requisitos:
page-show = Mostrar senha
page-second-factor = Código do seu segundo fator
page-set = Salvar senha
page-error = Erro: { $title }
page-rejected = Sua senha não foi alterada. O que você digitou não atende a todos os requisitos: os que faltam estão marcados abaixo. Seu link continua funcionando.
page-met = Atendido:
page-missing = Não atendido:
page-separator = { ", " }
page-all-met = Todos os requisitos foram atendidos.
page-none-missing = Por enquanto, não falta nada.
page-not-you = Não foi você que pediu? Desative o link, e ninguém poderá usá-lo.
page-cancel = Não fui eu

# What else the page of a link says.
page-done = Sua nova senha foi salva
page-done-lead = Ela foi criada com este link, e todas as suas sessões foram encerradas. Se foi você, faça login com a nova senha.
page-done-otherwise = Se não foi você, peça um novo link imediatamente.
page-dead = Este link não funciona
page-new-link = Pedir um novo link
page-renew = Enviar novo link
page-renew-title = Enviar um novo link?
page-renew-lead = Ele será enviado para o e-mail da conta a que este link se refere.
page-cancel-title = Desativar este link?
page-cancel-lead = Ninguém poderá usá-lo, e sua senha continuará a mesma.
page-cancel-do = Desativar link
page-keep = Manter link
page-reopen = Abra o link mais uma vez
page-reopen-lead = Ele está no e-mail mais recente e funciona até que uma senha seja criada com ele.

# Why a link is not good.
refused-unknown = Este link não é válido. Peça um novo.
refused-superseded = Um link mais recente foi pedido. Use o do último e-mail ou peça de novo, se nenhum tiver chegado.
refused-used = Este link já foi usado.
refused-revoked = Este link foi desativado. Peça um novo.
refused-expired = Este link expirou. Peça um novo.
refused-changed = Seu e-mail ou sua senha mudou depois que este link foi enviado. Peça um novo.

# What goes wrong with a form.
page-busy = Tente de novo daqui a pouco
page-busy-lead = Estamos com acessos demais no momento. Nada se perdeu: se você recebeu um link, ele continua funcionando.
page-foreign = Isso veio de outro lugar
page-foreign-lead = Este formulário foi enviado por outro site, então não foi aceito. Abra a página aqui e tente de novo.
page-unread = Não foi possível ler o formulário
page-unread-lead = Ele não chegou como foi enviado. Volte e envie de novo.
page-too-large-lead = O formulário é mais longo do que esta página aceita. Volte, encurte o que você digitou e envie de novo.
page-nowhere = Esta página não existe
